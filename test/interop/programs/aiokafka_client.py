"""Tries aiokafka on a broker: aiokafka_client.py bootstrap abilities..."""
import asyncio
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from trials import COUNT, attempt, bootstrap, can, expect, finish


async def create(topic, partitions):
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name=topic, num_partitions=partitions, replication_factor=1)])
    await admin.close()


async def send(topic, first, end, **config):
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, **config) as producer:
        futures = [await producer.send(topic, key=b"k%d" % i, value=b"v%d" % i) for i in range(first, end)]
        await asyncio.gather(*futures)


def consumer(group, *topics, **config):
    return AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=False, **config)


async def read(reader, count, seconds):
    records = []
    end = time.monotonic() + seconds
    while len(records) < count and time.monotonic() < end:
        for some in (await reader.getmany(timeout_ms=200)).values():
            records.extend(some)
    return records


async def codec(name):
    await create(f"codec-{name}", 3)
    await send(f"codec-{name}", 0, COUNT, compression_type=None if name == "none" else name, acks="all")
    async with consumer(f"reader-{name}", f"codec-{name}") as reader:
        values = {r.value.decode() for r in await read(reader, COUNT, 30)}
    expect(values == {f"v{i}" for i in range(COUNT)}, f"{len(values)} of {COUNT}")


async def group():
    await create("grouped", 2)
    await send("grouped", 0, 100)
    async with consumer("goes-on", "grouped") as first:
        expect(len(await read(first, 100, 30)) == 100, "all at first")
        await first.commit()
    await send("grouped", 100, 120)
    async with consumer("goes-on", "grouped") as second:
        rest = await read(second, 20, 30) + await read(second, 1, 1)
    expect(len(rest) == 20, f"the new ones only, not {len(rest)}")


async def topics():
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(name="admin", num_partitions=2, replication_factor=1)])
    await admin.create_partitions({"admin": NewPartitions(5)})
    [described] = await admin.describe_topics(["admin"])
    expect(len(described["partitions"]) == 5, f"5 partitions: {described}")
    await admin.delete_topics(["admin"])
    expect("admin" not in await admin.list_topics(), "gone")
    await admin.close()


async def headers():
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait("headers", value=b"v", timestamp_ms=1234567890123, headers=[("colour", b"red")])
    async with consumer("headers", "headers") as reader:
        [record] = await read(reader, 1, 30)
    expect(list(record.headers) == [("colour", b"red")], f"headers {record.headers}")
    expect(record.key is None and record.timestamp == 1234567890123, "null key and time")


async def idempotent():
    await create("idempotent", 1)
    await send("idempotent", 0, COUNT, enable_idempotence=True)
    async with consumer("idempotent", "idempotent") as reader:
        values = [r.value.decode() for r in await read(reader, COUNT, 30)]
    expect(values == [f"v{i}" for i in range(COUNT)], "in order, each once")


async def times():
    await create("times", 1)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for i in range(10):
            await producer.send_and_wait("times", value=b"v", timestamp_ms=1000 * (i + 1))
    partition = TopicPartition("times", 0)
    async with consumer("times") as reader:
        found = (await reader.offsets_for_times({partition: 4500}))[partition]
        expect((found.offset, found.timestamp) == (4, 5000), f"the first at or after, not {found}")
        expect((await reader.end_offsets([partition]))[partition] == 10, "end")


async def transactions():
    await create("transacted", 2)
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"tx-{time.time_ns()}") as producer:
        for turn in range(4):
            await producer.begin_transaction()
            for i in range(10):
                await producer.send_and_wait("transacted", key=b"k%d" % i, value=b"kept" if turn % 2 == 0 else b"dropped")
            await (producer.commit_transaction() if turn % 2 == 0 else producer.abort_transaction())
    async with consumer("tx-committed", "transacted", isolation_level="read_committed") as reader:
        values = [r.value for r in await read(reader, 20, 30) + await read(reader, 1, 1)]
    expect(values == [b"kept"] * 20, f"20 committed, not {len(values)}")


def trial(ability, run, *args):
    attempt(ability, lambda: asyncio.run(run(*args)))


trial("creates, grows and deletes topics", topics)
for name in ("none", "gzip", "snappy", "lz4", "zstd"):
    trial(f"produces and consumes with {name}", codec, name)
trial("a group goes on where it committed", group)
trial("sends headers and gets them back", headers)
trial("produces idempotently", idempotent)
trial("finds offsets by time", times)
if "transactions" in can:
    trial("reads committed transactions only", transactions)
finish()
