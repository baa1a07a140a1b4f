import java.nio.ByteBuffer;
import java.util.*;
import kafka.api.FetchRequestBuilder;
import kafka.api.PartitionOffsetRequestInfo;
import kafka.common.ErrorMapping;
import kafka.common.OffsetAndMetadata;
import kafka.common.OffsetMetadataAndError;
import kafka.common.TopicAndPartition;
import kafka.javaapi.*;
import kafka.javaapi.consumer.SimpleConsumer;
import kafka.javaapi.producer.Producer;
import kafka.message.MessageAndOffset;
import kafka.network.BlockingChannel;
import kafka.producer.KeyedMessage;
import kafka.producer.ProducerConfig;

/** Tries the clients of Kafka 0.8.2 on a broker: java Java08 host port. Their high-level consumer needs ZooKeeper and is not tried. */
public class Java08 {
  interface Trial { void run() throws Exception; }

  static final int COUNT = 300;
  static String host;
  static int port;
  static int failures;

  public static void main(String[] args) throws Exception {
    host = args[0];
    port = Integer.parseInt(args[1]);
    for (String codec : new String[] {"none", "gzip", "snappy", "lz4"}) attempt("produces and consumes with " + codec, () -> codec(codec));
    attempt("the new producer of 0.8.2 produces", Java08::newProducer);
    attempt("produces without being answered", Java08::unanswered);
    attempt("reads what new producers wrote", Java08::readNew);
    attempt("a group goes on where it committed", Java08::offsets);
    attempt("finds the ends of the log", Java08::ends);
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

  static void send(String topic, String codec, String acks, int count) {
    Properties with = new Properties();
    with.put("metadata.broker.list", host + ":" + port);
    with.put("serializer.class", "kafka.serializer.StringEncoder");
    with.put("request.required.acks", acks);
    with.put("compression.codec", codec);
    Producer<String, String> producer = new Producer<>(new ProducerConfig(with));
    // Small lists, so that there are many wrappers.
    for (int from = 0; from < count; from += 50) {
      List<KeyedMessage<String, String>> some = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + 50); i++) some.add(new KeyedMessage<>(topic, "k" + i, "v" + i));
      producer.send(some);
    }
    producer.close();
  }

  static List<String> read(String topic, int count, int fetchBytes) {
    SimpleConsumer consumer = new SimpleConsumer(host, port, 10_000, 64 * 1024, "old");
    List<String> values = new ArrayList<>();
    long offset = 0;
    for (long end = System.nanoTime() + 30_000_000_000L; values.size() < count && System.nanoTime() < end;) {
      FetchResponse answer = consumer.fetch(new FetchRequestBuilder().clientId("old").maxWait(200).minBytes(1).addFetch(topic, 0, offset, fetchBytes).build());
      expect(!answer.hasError(), "error " + answer.errorCode(topic, 0));
      for (MessageAndOffset one : answer.messageSet(topic, 0)) {
        if (one.offset() < offset) continue;
        expect(one.offset() == offset, "offset " + one.offset() + " where " + offset + " is due");
        ByteBuffer payload = one.message().payload();
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        values.add(new String(bytes));
        offset = one.nextOffset();
      }
    }
    consumer.close();
    return values;
  }

  static void check(List<String> values, int count) {
    expect(values.size() == count, values.size() + " of " + count);
    for (int i = 0; i < count; i++) expect(values.get(i).equals("v" + i), "in order at " + i + ": " + values.get(i));
  }

  static void codec(String codec) {
    String topic = "codec-" + codec;
    send(topic, codec, "-1", COUNT);
    check(read(topic, COUNT, 5000), COUNT);
  }

  static void newProducer() throws Exception {
    for (String codec : new String[] {"none", "gzip", "snappy"}) {
      Properties with = new Properties();
      with.put("bootstrap.servers", host + ":" + port);
      with.put("compression.type", codec);
      with.put("acks", "all");
      org.apache.kafka.common.serialization.StringSerializer text = new org.apache.kafka.common.serialization.StringSerializer();
      org.apache.kafka.clients.producer.KafkaProducer<String, String> producer = new org.apache.kafka.clients.producer.KafkaProducer<>(with, text, text);
      for (int i = 0; i < 50; i++) producer.send(new org.apache.kafka.clients.producer.ProducerRecord<>("new-" + codec, "k", "v" + i)).get();
      producer.close();
      check(read("new-" + codec, 50, 5000), 50);
    }
  }

  static void unanswered() {
    send("unanswered", "none", "1", 1);
    send("unanswered", "none", "0", COUNT);
    List<String> values = read("unanswered", COUNT + 1, 5000);
    check(values.subList(1, values.size()), COUNT);
  }

  /** The topic was filled with batches of format 2, compressed and not, with headers. */
  static void readNew() {
    check(read("from-new", 400, 3000), 400);
  }

  static void offsets() throws Exception {
    TopicAndPartition partition = new TopicAndPartition("codec-none", 0);
    for (short version = 0; version < 2; version++) {
      String group = "old-" + version;
      BlockingChannel channel = new BlockingChannel(host, port, BlockingChannel.UseDefaultBufferSize(), BlockingChannel.UseDefaultBufferSize(), 10_000);
      channel.connect();
      channel.send(new kafka.api.ConsumerMetadataRequest(group, kafka.api.ConsumerMetadataRequest.CurrentVersion(), 1, "old"));
      ConsumerMetadataResponse found = ConsumerMetadataResponse.readFrom(channel.receive().buffer());
      expect(found.errorCode() == ErrorMapping.NoError() && found.coordinator().port() == port, "the coordinator");
      Map<TopicAndPartition, OffsetAndMetadata> commit = Collections.singletonMap(partition, new OffsetAndMetadata(100 + version, "m", -1L));
      channel.send(new OffsetCommitRequest(group, commit, 2, "old", version).underlying());
      OffsetCommitResponse committed = OffsetCommitResponse.readFrom(channel.receive().buffer());
      expect(!committed.hasError(), "committed: " + committed.errors());
      TopicAndPartition other = new TopicAndPartition("codec-none", 7);
      channel.send(new OffsetFetchRequest(group, Arrays.asList(partition, other), version, 3, "old").underlying());
      Map<TopicAndPartition, OffsetMetadataAndError> stored = OffsetFetchResponse.readFrom(channel.receive().buffer()).offsets();
      expect(stored.get(partition).offset() == 100 + version && stored.get(partition).metadata().equals("m"), "fetched " + stored);
      expect(stored.get(other).offset() == -1 && stored.get(other).error() == (version == 0 ? 3 : 0), "not fetched " + stored);
      channel.disconnect();
    }
  }

  static void ends() {
    SimpleConsumer consumer = new SimpleConsumer(host, port, 10_000, 64 * 1024, "old");
    TopicAndPartition partition = new TopicAndPartition("codec-none", 0);
    for (long[] one : new long[][] {{kafka.api.OffsetRequest.LatestTime(), COUNT}, {kafka.api.OffsetRequest.EarliestTime(), 0}}) {
      Map<TopicAndPartition, PartitionOffsetRequestInfo> asked = Collections.singletonMap(partition, new PartitionOffsetRequestInfo(one[0], 1));
      long[] offsets = consumer.getOffsetsBefore(new OffsetRequest(asked, kafka.api.OffsetRequest.CurrentVersion(), "old")).offsets("codec-none", 0);
      expect(offsets.length == 1 && offsets[0] == one[1], "offsets " + Arrays.toString(offsets));
    }
    TopicMetadataResponse answer = consumer.send(new TopicMetadataRequest(Collections.singletonList("codec-none")));
    expect(answer.topicsMetadata().get(0).partitionsMetadata().size() == 1, "metadata");
    consumer.close();
  }
}
