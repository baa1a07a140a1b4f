"""Tries kafka-python on a broker: kafka_python_client.py bootstrap abilities..."""
import time

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewPartitions, NewTopic
from kafka.errors import InvalidPartitionsError
from trials import COUNT, attempt, bootstrap, can, expect, finish


def create(topic, partitions):
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(name=topic, num_partitions=partitions, replication_factor=1)])
    admin.close()


def send(topic, first, end, **config):
    producer = KafkaProducer(bootstrap_servers=bootstrap, **config)
    futures = [producer.send(topic, key=b"k%d" % i, value=b"v%d" % i) for i in range(first, end)]
    producer.flush()
    for future in futures:
        future.get(30)
    producer.close()


def consumer(group, *topics, **config):
    return KafkaConsumer(*topics, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False, **config)


def read(reader, count, seconds):
    records = []
    end = time.monotonic() + seconds
    while len(records) < count and time.monotonic() < end:
        for some in reader.poll(timeout_ms=200).values():
            records.extend(some)
    return records


def codec(name):
    create(f"codec-{name}", 3)
    send(f"codec-{name}", 0, COUNT, compression_type=None if name == "none" else name, acks="all")
    reader = consumer(f"reader-{name}", f"codec-{name}")
    values = {r.value.decode() for r in read(reader, COUNT, 30)}
    reader.close()
    expect(values == {f"v{i}" for i in range(COUNT)}, f"{len(values)} of {COUNT}")


def group():
    create("grouped", 2)
    send("grouped", 0, 100)
    first = consumer("goes-on", "grouped")
    expect(len(read(first, 100, 30)) == 100, "all at first")
    first.commit()
    first.close()
    send("grouped", 100, 120)
    second = consumer("goes-on", "grouped")
    rest = read(second, 20, 30) + read(second, 1, 1)
    second.close()
    expect(len(rest) == 20, f"the new ones only, not {len(rest)}")


def topics():
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(name="admin", num_partitions=2, replication_factor=1, topic_configs={"retention.ms": "3600000"})])
    admin.create_partitions({"admin": NewPartitions(5)})
    [described] = admin.describe_topics(["admin"])
    expect(len(described["partitions"]) == 5, f"5 partitions: {described}")
    try:
        admin.create_partitions({"admin": NewPartitions(3)})
        raise AssertionError("a topic shrank")
    except InvalidPartitionsError:
        pass
    admin.delete_topics(["admin"])
    expect("admin" not in admin.list_topics(), "gone")
    admin.close()


def headers():
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    producer.send("headers", value=b"v", timestamp_ms=1234567890123, headers=[("colour", b"red")]).get(30)
    producer.close()
    reader = consumer("headers", "headers")
    [record] = read(reader, 1, 30)
    reader.close()
    expect(list(record.headers) == [("colour", b"red")], f"headers {record.headers}")
    expect(record.key is None and record.timestamp == 1234567890123, "null key and time")


def idempotent():
    create("idempotent", 1)
    send("idempotent", 0, COUNT, enable_idempotence=True, acks="all")
    reader = consumer("idempotent", "idempotent")
    values = [r.value.decode() for r in read(reader, COUNT, 30)]
    reader.close()
    expect(values == [f"v{i}" for i in range(COUNT)], "in order, each once")


def times():
    create("times", 1)
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for i in range(10):
        producer.send("times", value=b"v", timestamp_ms=1000 * (i + 1)).get(30)
    producer.close()
    partition = TopicPartition("times", 0)
    reader = consumer("times")
    found = reader.offsets_for_times({partition: 4500})[partition]
    expect((found.offset, found.timestamp) == (4, 5000), f"the first at or after, not {found}")
    expect(reader.beginning_offsets([partition])[partition] == 0 and reader.end_offsets([partition])[partition] == 10, "begin and end")
    reader.close()


def transactions():
    create("transacted", 2)
    producer = KafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"tx-{time.time_ns()}")
    producer.init_transactions()
    for turn in range(4):
        producer.begin_transaction()
        for i in range(10):
            producer.send("transacted", key=b"k%d" % i, value=b"kept" if turn % 2 == 0 else b"dropped")
        producer.flush()
        producer.commit_transaction() if turn % 2 == 0 else producer.abort_transaction()
    producer.close()
    reader = consumer("tx-committed", "transacted", isolation_level="read_committed")
    values = [r.value for r in read(reader, 20, 30) + read(reader, 1, 1)]
    reader.close()
    expect(values == [b"kept"] * 20, f"20 committed, not {len(values)}")


attempt("creates, grows and deletes topics", topics)
for name in ("none", "gzip", "snappy", "lz4", "zstd"):
    attempt(f"produces and consumes with {name}", codec, name)
attempt("a group goes on where it committed", group)
attempt("sends headers and gets them back", headers)
attempt("produces idempotently", idempotent)
attempt("finds offsets by time", times)
if "transactions" in can:
    attempt("reads committed transactions only", transactions)
finish()
