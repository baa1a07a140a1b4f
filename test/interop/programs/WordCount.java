import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.serialization.*;
import org.apache.kafka.streams.*;
import org.apache.kafka.streams.kstream.*;

/** The word count of Kafka Streams with exactly-once, killed once in the middle and started again: java WordCount bootstrap stateFolder. */
public class WordCount {
  static final int LINES = 2000;
  static String bootstrap;

  public static void main(String[] args) throws Exception {
    bootstrap = args[0];
    String ability = "Streams counts words exactly once";
    try {
      count(args[1]);
      System.out.println("PASS " + ability);
      System.exit(0);
    } catch (Throwable thrown) {
      System.out.println("FAIL " + ability + ": " + thrown);
      thrown.printStackTrace(System.out);
      System.exit(1);
    }
  }

  static Properties properties(String... pairs) {
    Properties all = new Properties();
    all.put("bootstrap.servers", bootstrap);
    for (int i = 0; i < pairs.length; i += 2) all.put(pairs[i], pairs[i + 1]);
    return all;
  }

  static void produce(int from, int to) throws Exception {
    try (Producer<String, String> producer = new KafkaProducer<>(properties("acks", "all"), new StringSerializer(), new StringSerializer())) {
      for (int i = from; i < to; i++) producer.send(new ProducerRecord<>("lines", "k" + i, "all some word" + i % 10));
      producer.flush();
    }
  }

  static KafkaStreams start(String folder) throws Exception {
    StreamsBuilder builder = new StreamsBuilder();
    builder.<String, String>stream("lines").flatMapValues(line -> Arrays.asList(line.split(" "))).groupBy((key, word) -> word)
        .count(Materialized.as("counts")).toStream().to("words", Produced.with(Serdes.String(), Serdes.Long()));
    Properties with = properties("application.id", "word-count", "processing.guarantee", "exactly_once_v2", "commit.interval.ms", "100",
        "state.dir", folder, "num.stream.threads", "2", "statestore.cache.max.bytes", "0", "replication.factor", "1");
    with.put("default.key.serde", Serdes.String().getClass());
    with.put("default.value.serde", Serdes.String().getClass());
    KafkaStreams streams = new KafkaStreams(builder.build(), with);
    streams.start();
    return streams;
  }

  /** Reads what was counted last of each word until all counts are reached; a count beyond is a line that was counted twice. */
  static void await(Map<String, Long> wanted, int seconds) throws Exception {
    Map<String, Long> seen = new TreeMap<>();
    Properties with = properties("group.id", "counted-" + System.nanoTime(), "auto.offset.reset", "earliest", "isolation.level", "read_committed");
    try (Consumer<String, Long> consumer = new KafkaConsumer<>(with, new StringDeserializer(), new LongDeserializer())) {
      consumer.subscribe(Collections.singletonList("words"));
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      while (!seen.equals(wanted) && System.nanoTime() < end)
        for (ConsumerRecord<String, Long> record : consumer.poll(java.time.Duration.ofMillis(200))) {
          Long before = seen.put(record.key(), record.value());
          if (record.value() != (before == null ? 1 : before + 1)) throw new IllegalStateException(record.key() + " went from " + before + " to " + record.value());
        }
    }
    if (!seen.equals(wanted)) throw new IllegalStateException("counted " + seen + ", not " + wanted);
  }

  static Map<String, Long> counts(int lines) {
    Map<String, Long> all = new TreeMap<>();
    all.put("all", (long) lines);
    all.put("some", (long) lines);
    for (int i = 0; i < 10; i++) all.put("word" + i, (long) lines / 10);
    return all;
  }

  static void count(String folder) throws Exception {
    try (Admin admin = Admin.create(properties())) {
      admin.createTopics(Arrays.asList(new NewTopic("lines", 4, (short) 1), new NewTopic("words", 2, (short) 1))).all().get();
    }
    produce(0, LINES / 2);
    KafkaStreams first = start(folder + "/a");
    await(counts(LINES / 2), 90);
    produce(LINES / 2, LINES);
    // Goes without a word while it is at work; another one, without its state, takes over.
    first.close(java.time.Duration.ofMillis(1));
    KafkaStreams second = start(folder + "/b");
    await(counts(LINES), 120);
    second.close(java.time.Duration.ofSeconds(10));
  }
}
