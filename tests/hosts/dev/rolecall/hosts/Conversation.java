package dev.rolecall.hosts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Commands come by standard input, one a line; each gets one line on standard output that starts
 * with {@code ANSWER}. Whatever a library prints goes to standard error. It ends when the input
 * does, that is, when the tests are gone.
 */
final class Conversation {
  /** Does one command; what it throws is an answer too. */
  interface Host {
    Message handle(Message command) throws Exception;
  }

  private Conversation() {}

  static void hold(Host host) throws IOException {
    PrintStream answers = new PrintStream(System.out, true, "UTF-8");
    System.setOut(System.err);
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      Message answer;
      try {
        answer = host.handle(Message.parse(line));
      } catch (Throwable error) {
        answer = Message.of(error);
      }
      answers.println("ANSWER " + answer);
    }
  }
}
