package dev.rolecall;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** Our classes once more, all else as the tests see it: what was loaded before is not there. */
public final class FreshLoader extends URLClassLoader {
  private FreshLoader(URL... resources) {
    super(resources, FreshLoader.class.getClassLoader());
  }

  /** With the files of {@code directory} in front of what our classes see. */
  public static FreshLoader withResources(Path directory) throws IOException {
    return new FreshLoader(directory.toUri().toURL());
  }

  @Override
  public URL getResource(String name) {
    return findResource(name);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("dev.rolecall.")) {
      return super.loadClass(name, resolve);
    }
    Class<?> loaded = findLoadedClass(name);
    return loaded != null ? loaded : define(name);
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String resource = name.replace('.', '/') + ".class";
    try (InputStream in = getParent().getResourceAsStream(resource)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      in.transferTo(bytes);
      return defineClass(name, bytes.toByteArray(), 0, bytes.size());
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
