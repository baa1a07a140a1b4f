"""Tries confluent-kafka (librdkafka) on a broker: confluent_client.py bootstrap abilities..."""
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic
from trials import COUNT, attempt, bootstrap, can, expect, finish


def admin():
    return AdminClient({"bootstrap.servers": bootstrap})


def create(topic, partitions):
    client = admin()
    for future in client.create_topics([NewTopic(topic, partitions, 1)]).values():
        future.result()


def send(topic, first, end, **config):
    failed = []
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5, **{k.replace("_", "."): v for k, v in config.items()}})
    for i in range(first, end):
        producer.produce(topic, key=f"k{i}", value=f"v{i}", on_delivery=lambda error, _: error and failed.append(error))
        producer.poll(0)
    expect(producer.flush(30) == 0 and not failed, f"not delivered: {failed[:3]}")


def consumer(group, **config):
    return Consumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False, **{k.replace("_", "."): v for k, v in config.items()}})


def read(reader, count, seconds):
    records = []
    end = time.monotonic() + seconds
    while len(records) < count and time.monotonic() < end:
        record = reader.poll(0.2)
        if record is None:
            continue
        if record.error():
            raise KafkaException(record.error())
        records.append(record)
    return records


def codec(name):
    create(f"codec-{name}", 3)
    send(f"codec-{name}", 0, COUNT, compression_type=name, acks="all")
    reader = consumer(f"reader-{name}")
    reader.subscribe([f"codec-{name}"])
    values = {r.value().decode() for r in read(reader, COUNT, 30)}
    reader.close()
    expect(values == {f"v{i}" for i in range(COUNT)}, f"{len(values)} of {COUNT}")


def group():
    create("grouped", 2)
    send("grouped", 0, 100)
    first = consumer("goes-on")
    first.subscribe(["grouped"])
    expect(len(read(first, 100, 30)) == 100, "all at first")
    first.commit(asynchronous=False)
    first.close()
    send("grouped", 100, 120)
    second = consumer("goes-on")
    second.subscribe(["grouped"])
    rest = read(second, 20, 30) + read(second, 1, 1)
    second.close()
    expect(len(rest) == 20, f"the new ones only, not {len(rest)}")


def topics():
    client = admin()
    client.create_topics([NewTopic("admin", 2, 1, config={"retention.ms": "3600000"})])["admin"].result()
    client.create_partitions([NewPartitions("admin", 5)])["admin"].result()
    expect(len(client.list_topics("admin", timeout=10).topics["admin"].partitions) == 5, "5 partitions")
    try:
        client.create_partitions([NewPartitions("admin", 3)])["admin"].result()
        raise AssertionError("a topic shrank")
    except KafkaException as refused:
        expect(refused.args[0].code() == KafkaError.INVALID_PARTITIONS, f"refused with {refused}")
    expect(len(client.describe_cluster().result().nodes) == 1, "one node")
    client.delete_topics(["admin"])["admin"].result()
    expect("admin" not in client.list_topics(timeout=10).topics, "gone")


def headers():
    producer = Producer({"bootstrap.servers": bootstrap})
    producer.produce("headers", value="v", timestamp=1234567890123, headers=[("colour", b"red"), ("none", None)])
    expect(producer.flush(30) == 0, "delivered")
    reader = consumer("headers")
    reader.subscribe(["headers"])
    [record] = read(reader, 1, 30)
    reader.close()
    expect(record.headers() == [("colour", b"red"), ("none", None)], f"headers {record.headers()}")
    expect(record.key() is None and record.timestamp()[1] == 1234567890123, "null key and time")


def idempotent():
    create("idempotent", 1)
    send("idempotent", 0, COUNT, enable_idempotence=True, batch_num_messages=10)
    reader = consumer("idempotent")
    reader.subscribe(["idempotent"])
    values = [r.value().decode() for r in read(reader, COUNT, 30)]
    reader.close()
    expect(values == [f"v{i}" for i in range(COUNT)], "in order, each once")


def share(topic, **config):
    create(topic, 4)
    one, two = consumer(topic, **config), consumer(topic, **config)
    for member in (one, two):
        member.subscribe([topic])
    end = time.monotonic() + 60
    while time.monotonic() < end and not (len(one.assignment()) == len(two.assignment()) == 2):
        one.poll(0.1)
        two.poll(0.1)
    counts = [len(one.assignment()), len(two.assignment())]
    one.close()
    two.close()
    expect(counts == [2, 2], f"two each: {counts}")


def times():
    create("times", 1)
    producer = Producer({"bootstrap.servers": bootstrap})
    for i in range(10):
        producer.produce("times", value=f"v{i}", timestamp=1000 * (i + 1))
    producer.flush(30)
    reader = consumer("times")
    [found] = reader.offsets_for_times([TopicPartition("times", 0, 4500)], timeout=10)
    expect(found.offset == 4, f"the first at or after, not {found}")
    expect(reader.get_watermark_offsets(TopicPartition("times", 0), timeout=10) == (0, 10), "begin and end")
    reader.close()


def transactions():
    create("transacted", 2)
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": f"tx-{time.time_ns()}"})
    producer.init_transactions(30)
    for turn in range(4):
        producer.begin_transaction()
        for i in range(10):
            producer.produce("transacted", key=f"k{i}", value=("kept" if turn % 2 == 0 else "dropped"))
        producer.flush(30)
        producer.commit_transaction(30) if turn % 2 == 0 else producer.abort_transaction(30)
    reader = consumer("tx-committed", isolation_level="read_committed")
    reader.subscribe(["transacted"])
    values = [r.value() for r in read(reader, 20, 30) + read(reader, 1, 1)]
    reader.close()
    expect(values == [b"kept"] * 20, f"20 committed, not {len(values)}")


def exactly_once():
    create("eos-in", 2)
    create("eos-out", 2)
    send("eos-in", 0, 100, acks="all")
    for turn in range(2):
        producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": "eos"})
        reader = consumer("eos", isolation_level="read_committed")
        reader.subscribe(["eos-in"])
        producer.init_transactions(30)
        done = 0
        while records := read(reader, 30, 30 if done == 0 else 2):
            producer.begin_transaction()
            for record in records:
                producer.produce("eos-out", key=record.key(), value=record.value())
            producer.send_offsets_to_transaction(reader.position(reader.assignment()), reader.consumer_group_metadata(), 30)
            # The first turn gives its second transaction up: the second turn has to do it again.
            if turn == 0 and done > 0:
                producer.abort_transaction(30)
                break
            producer.commit_transaction(30)
            done += len(records)
        reader.close()
    reader = consumer("eos-reader", isolation_level="read_committed")
    reader.subscribe(["eos-out"])
    values = [r.value() for r in read(reader, 100, 30) + read(reader, 1, 1)]
    reader.close()
    expect(len(values) == 100 and len(set(values)) == 100, f"{len(values)} records, {len(set(values))} different")


attempt("creates, grows and deletes topics", topics)
for name in ("none", "gzip", "snappy", "lz4", "zstd"):
    attempt(f"produces and consumes with {name}", codec, name)
attempt("a group goes on where it committed", group)
attempt("two members share a topic", share, "shared")
attempt("two members share a topic by the consumer protocol", lambda: share("shared-anew", group_protocol="consumer"))
attempt("sends headers and gets them back", headers)
attempt("produces idempotently", idempotent)
attempt("finds offsets by time", times)
if "transactions" in can:
    attempt("reads committed transactions only", transactions)
    attempt("consumes and produces in one transaction", exactly_once)
finish()
