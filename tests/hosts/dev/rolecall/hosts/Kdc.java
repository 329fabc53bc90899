package dev.rolecall.hosts;

import java.io.File;
import java.util.Properties;
import org.apache.hadoop.minikdc.MiniKdc;

/** A Kerberos server of the realm EXAMPLE.COM that makes a principal and its keytab as told. */
public final class Kdc {
  private Kdc() {}

  /** Converses until the input ends; its argument is an empty folder. */
  public static void main(String[] arguments) throws Exception {
    Properties conf = MiniKdc.createConf();
    conf.setProperty(MiniKdc.KDC_BIND_ADDRESS, "127.0.0.1");
    MiniKdc server = new MiniKdc(conf, new File(arguments[0]));
    server.start();
    Conversation.hold(
        command -> {
          server.createPrincipal(new File(command.get("keytab")), command.get("principal"));
          return new Message().put("krb5.conf", server.getKrb5conf());
        });
    server.stop();
  }
}
