// Fills and drains one of Flume's own file channels, and says what was committed: numbered events, several threads, transactions left open.
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flume.Context;
import org.apache.flume.Event;
import org.apache.flume.Transaction;
import org.apache.flume.channel.file.FileChannel;
import org.apache.flume.conf.Configurables;
import org.apache.flume.event.EventBuilder;

public class FlumeFileChannel {
  static FileChannel channel;
  static final AtomicInteger next = new AtomicInteger();

  static synchronized void say(String text) {
    System.out.println(text);
    System.out.flush();
  }

  static Event event(int number) {
    Map<String, String> headers = new HashMap<>();
    headers.put("n", Integer.toString(number));
    headers.put("größe", "wert-" + number % 3);
    return EventBuilder.withBody(("event " + number).getBytes(), headers);
  }

  interface Work {
    void run(Transaction transaction) throws Exception;
  }

  static void inTransaction(Work work, boolean commit) throws Exception {
    Transaction transaction = channel.getTransaction();
    transaction.begin();
    try {
      work.run(transaction);
      if (commit) transaction.commit();
      else transaction.rollback();
    } catch (Throwable thrown) {
      transaction.rollback();
      throw new RuntimeException(thrown);
    } finally {
      transaction.close();
    }
  }

  static void put(int count, boolean commit) throws Exception {
    int[] from = new int[1];
    inTransaction(transaction -> {
      from[0] = next.getAndAdd(count);
      for (int i = 0; i < count; i++) channel.put(event(from[0] + i));
    }, commit);
    say((commit ? "put " : "undone ") + from[0] + " " + (from[0] + count));
  }

  static int take(int count, boolean commit) throws Exception {
    List<String> taken = new ArrayList<>();
    inTransaction(transaction -> {
      for (int i = 0; i < count; i++) {
        Event event = channel.take();
        if (event == null) break;
        taken.add(event.getHeaders().get("n"));
      }
      if (commit) say("taking " + String.join(" ", taken));
    }, commit);
    if (!taken.isEmpty()) say((commit ? "taken " : "returned ") + String.join(" ", taken));
    return taken.size();
  }

  /** A transaction that nobody ends. */
  static void hang(boolean puts, int count) {
    Thread thread = new Thread(() -> {
      Transaction transaction = channel.getTransaction();
      transaction.begin();
      if (puts) {
        int from = next.getAndAdd(count);
        for (int i = 0; i < count; i++) channel.put(event(from + i));
        say("undone " + from + " " + (from + count));
      } else {
        for (int i = 0; i < count; i++) channel.take();
        say("open take");
      }
      try {
        Thread.sleep(Long.MAX_VALUE);
      } catch (InterruptedException done) {
        return;
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  /** Puts and takes of several threads, which go on until the process ends. */
  static void traffic(int threads) {
    for (int t = 0; t < threads; t++) {
      int batch = 7 + 13 * t;
      new Thread(() -> {
        try {
          for (int i = 0; ; i++) put(batch, i % 10 != 9);
        } catch (Exception thrown) {
          thrown.printStackTrace();
        }
      }).start();
      new Thread(() -> {
        try {
          for (int i = 0; ; i++) if (take(batch, i % 7 != 6) == 0) Thread.sleep(1);
        } catch (Exception thrown) {
          thrown.printStackTrace();
        }
      }).start();
    }
  }

  /** Arguments: stop|kill, then name=value settings of the channel. */
  public static void main(String[] args) throws Exception {
    Context context = new Context();
    for (int i = 1; i < args.length; i++) {
      String[] pair = args[i].split("=", 2);
      context.put(pair[0], pair[1]);
    }
    channel = new FileChannel();
    channel.setName("c1");
    Configurables.configure(channel, context);
    channel.start();
    for (int i = 0; i < 40; i++) put(50, true);
    hang(true, 30);
    hang(false, 20);
    if (args[0].equals("kill")) {
      traffic(2);
      return;
    }
    for (int i = 0; i < 30; i++) {
      put(50, true);
      put(5, false);
      take(20, true);
      take(10, false);
    }
    channel.stop();
    say("stopped");
    Runtime.getRuntime().halt(0);
  }
}
