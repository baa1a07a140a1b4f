import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.*;

/** Tries a Java client of 1.1 or later on a broker: java ModernJava bootstrap abilities... ("zstd", "transactions", "consumer-protocol"). */
public class ModernJava {
  interface Trial { void run() throws Exception; }

  static final int COUNT = 500;
  static String bootstrap;
  static Set<String> can;
  static int failures;

  public static void main(String[] args) throws Exception {
    bootstrap = args[0];
    can = new HashSet<>(Arrays.asList(args).subList(1, args.length));
    attempt("creates, grows and deletes topics", ModernJava::topics);
    for (String codec : new String[] {"none", "gzip", "snappy", "lz4"}) attempt("produces and consumes with " + codec, () -> codec(codec));
    if (can.contains("zstd")) attempt("produces and consumes with zstd", () -> codec("zstd"));
    attempt("a group goes on where it committed", () -> group("classic"));
    attempt("two members share a topic", () -> share("classic"));
    attempt("sends headers and gets them back", ModernJava::headers);
    attempt("produces idempotently", ModernJava::idempotent);
    attempt("finds offsets by time", ModernJava::times);
    if (can.contains("transactions")) {
      attempt("reads committed transactions only", ModernJava::transactions);
      attempt("consumes and produces in one transaction", ModernJava::exactlyOnce);
    }
    if (can.contains("consumer-protocol")) attempt("two members share a topic by the consumer protocol", () -> share("consumer"));
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

  static Producer<String, String> producer(String... pairs) {
    return new KafkaProducer<>(properties(pairs), new StringSerializer(), new StringSerializer());
  }

  static Consumer<String, String> consumer(String group, String... pairs) {
    Properties all = properties("group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit", "false");
    for (int i = 0; i < pairs.length; i += 2) all.put(pairs[i], pairs[i + 1]);
    return new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
  }

  /** poll(long) is gone in 4, poll(Duration) is not there before 2. */
  @SuppressWarnings("unchecked")
  static ConsumerRecords<String, String> poll(Consumer<String, String> consumer) throws Exception {
    try {
      return (ConsumerRecords<String, String>) Consumer.class.getMethod("poll", Duration.class).invoke(consumer, Duration.ofMillis(200));
    } catch (NoSuchMethodException none) {
      return (ConsumerRecords<String, String>) Consumer.class.getMethod("poll", long.class).invoke(consumer, 200L);
    }
  }

  static List<ConsumerRecord<String, String>> read(Consumer<String, String> consumer, int count, int seconds) throws Exception {
    List<ConsumerRecord<String, String>> all = new ArrayList<>();
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (all.size() < count && System.nanoTime() < end) for (ConsumerRecord<String, String> record : poll(consumer)) all.add(record);
    return all;
  }

  static void create(String topic, int partitions) throws Exception {
    try (AdminClient admin = AdminClient.create(properties())) {
      admin.createTopics(Collections.singleton(new NewTopic(topic, partitions, (short) 1))).all().get();
    }
  }

  static void send(Producer<String, String> producer, String topic, int from, int to) throws Exception {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int i = from; i < to; i++) sent.add(producer.send(new ProducerRecord<>(topic, "k" + i, "v" + i)));
    producer.flush();
    for (Future<RecordMetadata> one : sent) one.get();
  }

  static void topics() throws Exception {
    try (AdminClient admin = AdminClient.create(properties())) {
      Map<String, String> configs = Collections.singletonMap("retention.ms", "3600000");
      admin.createTopics(Collections.singleton(new NewTopic("admin", 2, (short) 1).configs(configs))).all().get();
      admin.createPartitions(Collections.singletonMap("admin", NewPartitions.increaseTo(5))).all().get();
      TopicDescription described = describe(admin, "admin");
      expect(described.partitions().size() == 5, "5 partitions, not " + described.partitions().size());
      try {
        admin.createPartitions(Collections.singletonMap("admin", NewPartitions.increaseTo(3))).all().get();
        throw new IllegalStateException("a topic shrank");
      } catch (ExecutionException refused) {
        expect(refused.getCause() instanceof InvalidPartitionsException, "refused with " + refused.getCause());
      }
      expect(admin.listTopics().names().get().contains("admin"), "listed");
      expect(admin.describeCluster().nodes().get().size() == 1, "one node");
      admin.deleteTopics(Collections.singleton("admin")).all().get();
      expect(!admin.listTopics().names().get().contains("admin"), "gone");
    }
  }

  /** values() until 3.9, topicNameValues() from 3.1 on. */
  @SuppressWarnings("unchecked")
  static TopicDescription describe(AdminClient admin, String topic) throws Exception {
    DescribeTopicsResult result = admin.describeTopics(Collections.singleton(topic));
    Map<String, Future<TopicDescription>> futures;
    try {
      futures = (Map<String, Future<TopicDescription>>) DescribeTopicsResult.class.getMethod("topicNameValues").invoke(result);
    } catch (NoSuchMethodException none) {
      futures = (Map<String, Future<TopicDescription>>) DescribeTopicsResult.class.getMethod("values").invoke(result);
    }
    return futures.get(topic).get();
  }

  static void codec(String codec) throws Exception {
    String topic = "codec-" + codec;
    create(topic, 3);
    try (Producer<String, String> producer = producer("compression.type", codec, "acks", "all", "linger.ms", "5")) {
      send(producer, topic, 0, COUNT);
    }
    try (Consumer<String, String> consumer = consumer("reader-" + codec)) {
      consumer.subscribe(Collections.singletonList(topic));
      Set<String> values = new HashSet<>();
      for (ConsumerRecord<String, String> record : read(consumer, COUNT, 30)) {
        expect(record.value().equals("v" + record.key().substring(1)), "key and value belong together");
        values.add(record.value());
      }
      expect(values.size() == COUNT, values.size() + " of " + COUNT);
    }
  }

  static void group(String protocol) throws Exception {
    create("grouped", 2);
    try (Producer<String, String> producer = producer("acks", "1")) {
      send(producer, "grouped", 0, 100);
      try (Consumer<String, String> first = consumer("goes-on")) {
        first.subscribe(Collections.singletonList("grouped"));
        expect(read(first, 100, 30).size() == 100, "all at first");
        first.commitSync();
      }
      send(producer, "grouped", 100, 120);
    }
    try (Consumer<String, String> second = consumer("goes-on")) {
      second.subscribe(Collections.singletonList("grouped"));
      List<ConsumerRecord<String, String>> rest = read(second, 20, 30);
      rest.addAll(read(second, 1, 1));
      expect(rest.size() == 20, "the new ones only, not " + rest.size());
    }
  }

  static void share(String protocol) throws Exception {
    String topic = "shared-" + protocol;
    create(topic, 4);
    String[] more = protocol.equals("classic") ? new String[0] : new String[] {"group.protocol", protocol};
    try (Consumer<String, String> one = consumer(topic, more); Consumer<String, String> two = consumer(topic, more)) {
      one.subscribe(Collections.singletonList(topic));
      two.subscribe(Collections.singletonList(topic));
      AtomicIntegerArray held = new AtomicIntegerArray(2);
      long end = System.nanoTime() + 60_000_000_000L;
      // Each in a thread of its own: the clients before 2 do not come back from a poll before they have joined.
      CompletableFuture<?>[] members = new CompletableFuture<?>[2];
      for (int i = 0; i < 2; i++) {
        int member = i;
        Consumer<String, String> consumer = i == 0 ? one : two;
        members[i] = CompletableFuture.runAsync(() -> {
          try {
            while ((held.get(0) != 2 || held.get(1) != 2) && System.nanoTime() < end) {
              poll(consumer);
              held.set(member, consumer.assignment().size());
            }
          } catch (Exception thrown) {
            throw new CompletionException(thrown);
          }
        }, command -> new Thread(command).start());
      }
      CompletableFuture.allOf(members).get();
      expect(one.assignment().size() == 2 && two.assignment().size() == 2, "two each: " + one.assignment() + two.assignment());
    }
  }

  static void headers() throws Exception {
    try (Producer<String, String> producer = producer("acks", "1")) {
      ProducerRecord<String, String> record = new ProducerRecord<>("headers", 0, 1234567890123L, null, "v");
      record.headers().add(new RecordHeader("colour", "red".getBytes(StandardCharsets.UTF_8))).add(new RecordHeader("none", (byte[]) null));
      producer.send(record).get();
    }
    try (Consumer<String, String> consumer = consumer("headers")) {
      consumer.subscribe(Collections.singletonList("headers"));
      ConsumerRecord<String, String> record = read(consumer, 1, 30).get(0);
      expect(record.key() == null && record.timestamp() == 1234567890123L, "null key and time");
      expect(new String(record.headers().lastHeader("colour").value(), StandardCharsets.UTF_8).equals("red"), "a header");
      expect(record.headers().lastHeader("none").value() == null, "a header that is null");
    }
  }

  static void idempotent() throws Exception {
    create("idempotent", 1);
    try (Producer<String, String> producer = producer("enable.idempotence", "true", "acks", "all", "linger.ms", "0", "batch.size", "200")) {
      send(producer, "idempotent", 0, COUNT);
    }
    try (Consumer<String, String> consumer = consumer("idempotent")) {
      consumer.subscribe(Collections.singletonList("idempotent"));
      List<ConsumerRecord<String, String>> all = read(consumer, COUNT, 30);
      for (int i = 0; i < COUNT; i++) expect(all.get(i).value().equals("v" + i), "in order at " + i);
    }
  }

  static void times() throws Exception {
    create("times", 1);
    TopicPartition partition = new TopicPartition("times", 0);
    try (Producer<String, String> producer = producer("acks", "1")) {
      for (int i = 0; i < 10; i++) producer.send(new ProducerRecord<>("times", 0, 1000L * (i + 1), "k", "v" + i)).get();
    }
    try (Consumer<String, String> consumer = consumer("times")) {
      OffsetAndTimestamp found = consumer.offsetsForTimes(Collections.singletonMap(partition, 4500L)).get(partition);
      expect(found.offset() == 4 && found.timestamp() == 5000L, "the first at or after, not " + found);
      expect(consumer.offsetsForTimes(Collections.singletonMap(partition, 99_000L)).get(partition) == null, "nothing later");
      expect(consumer.beginningOffsets(Collections.singleton(partition)).get(partition) == 0L, "begin");
      expect(consumer.endOffsets(Collections.singleton(partition)).get(partition) == 10L, "end");
    }
  }

  static void transactions() throws Exception {
    create("transacted", 2);
    try (Producer<String, String> producer = producer("transactional.id", "tx-" + System.nanoTime())) {
      producer.initTransactions();
      for (int round = 0; round < 4; round++) {
        producer.beginTransaction();
        for (int i = 0; i < 10; i++) producer.send(new ProducerRecord<>("transacted", "k" + i, (round % 2 == 0 ? "kept" : "dropped") + round));
        producer.flush();
        if (round % 2 == 0) producer.commitTransaction();
        else producer.abortTransaction();
      }
    }
    try (Consumer<String, String> committed = consumer("tx-committed", "isolation.level", "read_committed")) {
      committed.subscribe(Collections.singletonList("transacted"));
      List<ConsumerRecord<String, String>> all = read(committed, 20, 30);
      all.addAll(read(committed, 1, 1));
      expect(all.size() == 20, "20 committed, not " + all.size());
      for (ConsumerRecord<String, String> record : all) expect(record.value().startsWith("kept"), "read " + record.value());
    }
    try (Consumer<String, String> any = consumer("tx-any")) {
      any.subscribe(Collections.singletonList("transacted"));
      expect(read(any, 40, 30).size() == 40, "all 40 without isolation");
    }
  }

  static void exactlyOnce() throws Exception {
    create("eos-in", 2);
    create("eos-out", 2);
    try (Producer<String, String> producer = producer("acks", "all")) {
      send(producer, "eos-in", 0, 100);
    }
    for (int attempt = 0; attempt < 2; attempt++) {
      try (Producer<String, String> producer = producer("transactional.id", "eos"); Consumer<String, String> consumer = consumer("eos", "isolation.level", "read_committed", "max.poll.records", "30")) {
        producer.initTransactions();
        consumer.subscribe(Collections.singletonList("eos-in"));
        int rounds = 0;
        int wanted = attempt == 0 ? 50 : 100;
        for (long end = System.nanoTime() + 30_000_000_000L; System.nanoTime() < end && rounds < wanted;) {
          ConsumerRecords<String, String> records = poll(consumer);
          if (records.isEmpty()) { if (rounds > 0 && attempt == 1) break; else continue; }
          producer.beginTransaction();
          Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
          for (ConsumerRecord<String, String> record : records) {
            producer.send(new ProducerRecord<>("eos-out", record.key(), record.value()));
            offsets.put(new TopicPartition(record.topic(), record.partition()), new OffsetAndMetadata(record.offset() + 1));
          }
          sendOffsets(producer, consumer, offsets);
          // The first attempt gives its last transaction up half way: the second has to do it again.
          if (attempt == 0 && rounds > 0) { producer.abortTransaction(); break; }
          producer.commitTransaction();
          rounds += records.count();
        }
      }
    }
    try (Consumer<String, String> consumer = consumer("eos-reader", "isolation.level", "read_committed")) {
      consumer.subscribe(Collections.singletonList("eos-out"));
      List<ConsumerRecord<String, String>> all = read(consumer, 100, 30);
      all.addAll(read(consumer, 1, 1));
      Set<String> values = new HashSet<>();
      for (ConsumerRecord<String, String> record : all) values.add(record.value());
      expect(all.size() == 100 && values.size() == 100, all.size() + " records, " + values.size() + " different");
    }
  }

  /** With the group's metadata since 2.5, with its name alone before. */
  static void sendOffsets(Producer<String, String> producer, Consumer<String, String> consumer, Map<TopicPartition, OffsetAndMetadata> offsets) throws Exception {
    try {
      Object metadata = Consumer.class.getMethod("groupMetadata").invoke(consumer);
      Class<?> type = Class.forName("org.apache.kafka.clients.consumer.ConsumerGroupMetadata");
      Producer.class.getMethod("sendOffsetsToTransaction", Map.class, type).invoke(producer, offsets, metadata);
    } catch (NoSuchMethodException none) {
      Producer.class.getMethod("sendOffsetsToTransaction", Map.class, String.class).invoke(producer, offsets, "eos");
    }
  }
}
