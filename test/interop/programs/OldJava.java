import java.util.*;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.*;

/** Tries a Java client of 0.9 to 0.10 on a broker whose topics have one partition: java OldJava bootstrap [times]. */
public class OldJava {
  interface Trial { void run() throws Exception; }

  static final int COUNT = 500;
  static String bootstrap;
  static int failures;

  public static void main(String[] args) throws Exception {
    bootstrap = args[0];
    for (final String codec : new String[] {"none", "gzip", "snappy", "lz4"})
      attempt("produces and consumes with " + codec, new Trial() { public void run() throws Exception { codec(codec); } });
    attempt("a group goes on where it committed", new Trial() { public void run() throws Exception { group(); } });
    attempt("reads what new producers wrote", new Trial() { public void run() throws Exception { readNew(); } });
    if (args.length > 1) attempt("finds offsets by time", new Trial() { public void run() throws Exception { times(); } });
    System.exit(failures == 0 ? 0 : 1);
  }

  static void attempt(String ability, Trial trial) {
    try {
      trial.run();
      System.out.println("PASS " + ability);
    } catch (Throwable thrown) {
      failures++;
      System.out.println("FAIL " + ability + ": " + thrown);
      thrown.printStackTrace(System.out);
    }
  }

  static void expect(boolean condition, String what) {
    if (!condition) throw new IllegalStateException(what);
  }

  static Properties properties(String... pairs) {
    Properties all = new Properties();
    all.put("bootstrap.servers", bootstrap);
    for (int i = 0; i < pairs.length; i += 2) all.put(pairs[i], pairs[i + 1]);
    return all;
  }

  static void send(String codec, String topic, int from, int to) throws Exception {
    Properties with = properties("acks", "all", "compression.type", codec, "linger.ms", "5");
    try (Producer<String, String> producer = new KafkaProducer<>(with, new StringSerializer(), new StringSerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (int i = from; i < to; i++) sent.add(producer.send(new ProducerRecord<>(topic, "k" + i, "v" + i)));
      for (int i = from; i < to; i++) expect(sent.get(i - from).get().offset() == i, "offset " + i);
    }
  }

  static Consumer<String, String> consumer(String group, String... pairs) {
    Properties all = properties("group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit", "false");
    for (int i = 0; i < pairs.length; i += 2) all.put(pairs[i], pairs[i + 1]);
    return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
  }

  static List<ConsumerRecord<String, String>> read(Consumer<String, String> consumer, int count, int seconds) {
    List<ConsumerRecord<String, String>> all = new ArrayList<>();
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (all.size() < count && System.nanoTime() < end) for (ConsumerRecord<String, String> record : consumer.poll(200)) all.add(record);
    return all;
  }

  static void check(List<ConsumerRecord<String, String>> records, int from, int count) {
    expect(records.size() == count, records.size() + " of " + count);
    for (int i = 0; i < count; i++) {
      ConsumerRecord<String, String> record = records.get(i);
      expect(record.offset() == from + i && record.value().equals("v" + (from + i)), "in order at " + record);
    }
  }

  static void codec(String codec) throws Exception {
    send(codec, "codec-" + codec, 0, COUNT);
    try (Consumer<String, String> consumer = consumer("reader-" + codec, "max.partition.fetch.bytes", "20000")) {
      consumer.subscribe(Arrays.asList("codec-" + codec));
      check(read(consumer, COUNT, 30), 0, COUNT);
    }
  }

  static void group() throws Exception {
    send("none", "grouped", 0, 100);
    try (Consumer<String, String> first = consumer("goes-on")) {
      first.subscribe(Arrays.asList("grouped"));
      check(read(first, 100, 30), 0, 100);
      first.commitSync();
    }
    send("none", "grouped", 100, 120);
    try (Consumer<String, String> second = consumer("goes-on")) {
      second.subscribe(Arrays.asList("grouped"));
      List<ConsumerRecord<String, String>> rest = read(second, 20, 30);
      rest.addAll(read(second, 1, 1));
      check(rest, 100, 20);
    }
  }

  /** The topic was filled with batches of format 2, compressed and not, with headers. */
  static void readNew() throws Exception {
    try (Consumer<String, String> consumer = consumer("reads-new")) {
      consumer.subscribe(Arrays.asList("from-new"));
      check(read(consumer, 400, 30), 0, 400);
    }
  }

  /** By reflection: offsetsForTimes came with 0.10.1. */
  static void times() throws Exception {
    try (Producer<String, String> producer = new KafkaProducer<>(properties(), new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < 10; i++) producer.send(timed("times", 1000L * (i + 1), "v" + i)).get();
    }
    TopicPartition partition = new TopicPartition("times", 0);
    try (Consumer<String, String> consumer = consumer("times")) {
      Map<?, ?> found = (Map<?, ?>) Consumer.class.getMethod("offsetsForTimes", Map.class).invoke(consumer, Collections.singletonMap(partition, 4500L));
      String told = String.valueOf(found.get(partition));
      expect(told.contains("offset=4") && told.contains("timestamp=5000"), "the first at or after, not " + told);
    }
  }

  @SuppressWarnings("unchecked")
  static ProducerRecord<String, String> timed(String topic, long timestamp, String value) throws Exception {
    return (ProducerRecord<String, String>) ProducerRecord.class.getConstructor(String.class, Integer.class, Long.class, Object.class, Object.class).newInstance(topic, 0, timestamp, "k", value);
  }
}
