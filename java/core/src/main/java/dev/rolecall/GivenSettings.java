package dev.rolecall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * All settings that the host has for us, with where each comes from. What they mean and which one
 * wins is decided in the native library.
 */
final class GivenSettings {
  private static final String OURS = "rolecall.";
  private static final String OURS_FOR_A_BUCKET = "fs.s3a.rolecall.";

  /** For the loader, which reads them itself. */
  private static final String LOADERS = "rolecall.native.";

  /** Hadoop's own defaults: a value from there was set by nobody. */
  private static final String DEFAULTS = "core-default.xml";

  private static final String REFUSAL = "refusal";

  /** Where the rules are, and what it starts with where only this JVM can read them. */
  private static final String RULES = "rolecall.rules";

  private static final String RULES_VARIABLE = "ROLECALL_RULES";
  private static final String BY_KEY = "conf:";
  private static final String BY_RESOURCE = "classpath:";

  private static final int OF_CONFIGURATION = 0;
  private static final int SYSTEM_PROPERTY = 1;
  private static final int RULES_KEY = 2;
  private static final int RULES_RESOURCE = 3;
  private static final int NO_RULES_RESOURCE = 4;

  private final List<Entry> entries = new ArrayList<Entry>();

  private GivenSettings() {}

  /**
   * Reads what {@code conf} and the system properties hold now, and the rules that they name where
   * only this JVM can read them. No key of the host's is read for its rules unasked.
   *
   * @param conf may be null
   * @param hostKeys the host's own keys that count too
   */
  static GivenSettings gather(Configuration conf, List<String> hostKeys) {
    GivenSettings given = new GivenSettings();
    if (conf != null) {
      List<String> names = namesIn(conf);
      for (int i = 0; i < names.size(); i++) {
        given.addFrom(conf, names.get(i));
      }
      for (int i = 0; i < hostKeys.size(); i++) {
        given.addFrom(conf, hostKeys.get(i));
      }
    }
    for (String name : System.getProperties().stringPropertyNames()) {
      String value =
          name.startsWith(OURS) && !name.startsWith(LOADERS) ? System.getProperty(name) : null;
      if (value != null) {
        given.entries.add(new Entry(SYSTEM_PROPERTY, null, name, value));
      }
    }
    int settings = given.entries.size();
    for (int i = 0; i < settings; i++) {
      Entry entry = given.entries.get(i);
      if (RULES.equals(entry.name) || entry.name.equals(OURS_FOR_A_BUCKET + "rules")) {
        given.addRulesNamedBy(entry.value, conf);
      }
    }
    String variable = System.getenv(RULES_VARIABLE);
    if (variable != null) {
      given.addRulesNamedBy(variable, conf);
    }
    return given;
  }

  private void addRulesNamedBy(String value, Configuration conf) {
    String named = value.trim();
    if (named.regionMatches(true, 0, BY_KEY, 0, BY_KEY.length())) {
      String key = named.substring(BY_KEY.length());
      // As it stands there: what looks like Hadoop's variables may be the mapping's own.
      String rules = conf != null && !key.isEmpty() ? conf.getRaw(key) : null;
      if (rules != null) {
        entries.add(new Entry(RULES_KEY, sourceOf(conf, key), key, rules));
      }
    } else if (named.regionMatches(true, 0, BY_RESOURCE, 0, BY_RESOURCE.length())) {
      addResource(named.substring(BY_RESOURCE.length()), conf);
    }
  }

  private void addResource(String name, Configuration conf) {
    String rules;
    try {
      rules = RulesResource.read(name, conf);
    } catch (IOException | RuntimeException e) {
      entries.add(new Entry(NO_RULES_RESOURCE, null, name, e.toString()));
      return;
    }
    if (rules != null) {
      entries.add(new Entry(RULES_RESOURCE, null, name, rules));
    } else {
      entries.add(new Entry(NO_RULES_RESOURCE, null, name, ""));
    }
  }

  private static List<String> namesIn(Configuration conf) {
    for (int attempt = 1; ; attempt++) {
      try {
        List<String> names = new ArrayList<String>();
        for (Map.Entry<String, String> each : conf) {
          String name = each.getKey();
          if (name.startsWith(OURS) || name.startsWith(OURS_FOR_A_BUCKET)) {
            names.add(name);
          }
        }
        return names;
      } catch (ConcurrentModificationException e) {
        // Older Hadoops iterate over what another thread may be setting.
        if (attempt >= 10) {
          throw e;
        }
      }
    }
  }

  private void addFrom(Configuration conf, String name) {
    String raw = conf.getRaw(name);
    if (raw == null) {
      return;
    }
    // Inline JSON holds ${user} and the like for us, not for Hadoop's own expansion.
    String value = isJson(raw) ? raw : conf.get(name);
    if (value != null) {
      entries.add(new Entry(OF_CONFIGURATION, sourceOf(conf, name), name, value));
    }
  }

  private static boolean isJson(String value) {
    for (int i = 0; i < value.length(); i++) {
      char character = value.charAt(i);
      if (character > ' ') {
        return character == '{';
      }
    }
    return false;
  }

  /** Hadoop names all files that a value went through, the first one first. */
  private static String sourceOf(Configuration conf, String name) {
    String[] sources = conf.getPropertySources(name);
    if (sources == null || sources.length == 0) {
      return null;
    }
    for (int i = 0; i < sources.length; i++) {
      // A job.xml that was written from the defaults comes behind them.
      if (DEFAULTS.equals(sources[i])) {
        return DEFAULTS;
      }
    }
    return sources[sources.length - 1];
  }

  /**
   * Whether {@code rolecall.refusal} is {@code unusable}: the one setting that Java reads itself,
   * for when the native library is not there to do it.
   */
  static boolean isSetUnusable(Configuration conf) {
    String set = null;
    try {
      if (conf != null) {
        set = conf.get(OURS_FOR_A_BUCKET + REFUSAL);
        set = set != null ? set : conf.get(OURS + REFUSAL);
      }
      set = set != null ? set : System.getProperty(OURS + REFUSAL);
    } catch (Throwable e) {
      // What can't be read is not set.
    }
    return set != null && "unusable".equals(set.trim());
  }

  /**
   * Writes the settings as the native library reads them.
   *
   * @throws RolecallException RC604 when one is not Unicode text
   */
  void write(PackedWriter opening) {
    opening.u32(entries.size());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      int block = opening.startBlock();
      opening
          .u8(entry.origin)
          .text("the source of a setting", entry.source)
          .text("the name of a setting", entry.name)
          .text("the setting " + entry.name, entry.value);
      opening.endBlock(block);
    }
  }

  private static final class Entry {
    final int origin;
    final String source;
    final String name;
    final String value;

    Entry(int origin, String source, String name, String value) {
      this.origin = origin;
      this.source = source;
      this.name = name;
      this.value = value;
    }
  }
}
