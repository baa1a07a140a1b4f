// Tries franz-go on a broker: client bootstrap abilities...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const count = 500

var (
	bootstrap = os.Args[1]
	failures  = 0
)

func main() {
	attempt("creates, grows and deletes topics", topics)
	codecs := []struct {
		name  string
		codec kgo.CompressionCodec
	}{
		{"none", kgo.NoCompression()}, {"gzip", kgo.GzipCompression()}, {"snappy", kgo.SnappyCompression()},
		{"lz4", kgo.Lz4Compression()}, {"zstd", kgo.ZstdCompression()},
	}
	for _, one := range codecs {
		attempt("produces and consumes with "+one.name, func() error { return codec(one.name, one.codec) })
	}
	attempt("a group goes on where it committed", group)
	attempt("two members share a topic", share)
	attempt("sends headers and gets them back", headers)
	attempt("produces idempotently", idempotent)
	attempt("finds offsets by time", times)
	if slices.Contains(os.Args[2:], "transactions") {
		attempt("reads committed transactions only", transactions)
		attempt("consumes and produces in one transaction", exactlyOnce)
	}
	if failures > 0 {
		os.Exit(1)
	}
}

func attempt(ability string, trial func() error) {
	if err := trial(); err != nil {
		failures++
		fmt.Printf("FAIL %s: %v\n", ability, err)
		return
	}
	fmt.Println("PASS " + ability)
}

func client(opts ...kgo.Opt) *kgo.Client {
	made, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(bootstrap), kgo.AllowAutoTopicCreation()}, opts...)...)
	if err != nil {
		panic(err)
	}
	return made
}

func within(seconds int) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
}

func create(topic string, partitions int32) error {
	c := client()
	defer c.Close()
	ctx, cancel := within(30)
	defer cancel()
	_, err := kadm.NewClient(c).CreateTopic(ctx, partitions, 1, nil, topic)
	return err
}

func send(topic string, from, to int, opts ...kgo.Opt) error {
	c := client(opts...)
	defer c.Close()
	var records []*kgo.Record
	for i := from; i < to; i++ {
		records = append(records, &kgo.Record{Topic: topic, Key: fmt.Appendf(nil, "k%d", i), Value: fmt.Appendf(nil, "v%d", i)})
	}
	ctx, cancel := within(30)
	defer cancel()
	return c.ProduceSync(ctx, records...).FirstErr()
}

func read(c *kgo.Client, want, seconds int) ([]*kgo.Record, error) {
	ctx, cancel := within(seconds)
	defer cancel()
	var all []*kgo.Record
	for len(all) < want {
		fetches := c.PollFetches(ctx)
		if ctx.Err() != nil {
			return all, nil
		}
		if errs := fetches.Errors(); len(errs) > 0 {
			return all, errs[0].Err
		}
		all = append(all, fetches.Records()...)
	}
	return all, nil
}

func reader(group, topic string, opts ...kgo.Opt) *kgo.Client {
	base := []kgo.Opt{kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}
	return client(append(base, opts...)...)
}

func topics() error {
	c := client()
	defer c.Close()
	ctx, cancel := within(30)
	defer cancel()
	admin := kadm.NewClient(c)
	if _, err := admin.CreateTopic(ctx, 2, 1, map[string]*string{"retention.ms": kadm.StringPtr("3600000")}, "admin"); err != nil {
		return err
	}
	grown, err := admin.UpdatePartitions(ctx, 5, "admin")
	if err != nil || grown.Error() != nil {
		return fmt.Errorf("grow: %v %v", err, grown.Error())
	}
	described, err := admin.ListTopics(ctx, "admin")
	if err != nil || len(described["admin"].Partitions) != 5 {
		return fmt.Errorf("described: %v %v", err, described)
	}
	shrunk, err := admin.UpdatePartitions(ctx, 3, "admin")
	if err != nil || !errors.Is(shrunk["admin"].Err, kerr.InvalidPartitions) {
		return fmt.Errorf("a topic shrank: %v %v", err, shrunk["admin"].Err)
	}
	deleted, err := admin.DeleteTopics(ctx, "admin")
	if err != nil || deleted.Error() != nil {
		return fmt.Errorf("delete: %v %v", err, deleted.Error())
	}
	return nil
}

func codec(name string, codec kgo.CompressionCodec) error {
	topic := "codec-" + name
	if err := create(topic, 3); err != nil {
		return err
	}
	if err := send(topic, 0, count, kgo.ProducerBatchCompression(codec)); err != nil {
		return err
	}
	c := reader("reader-"+name, topic)
	defer c.Close()
	records, err := read(c, count, 30)
	values := map[string]bool{}
	for _, r := range records {
		values[string(r.Value)] = true
	}
	if err != nil || len(values) != count {
		return fmt.Errorf("%d of %d, %v", len(values), count, err)
	}
	return nil
}

func group() error {
	if err := create("grouped", 2); err != nil {
		return err
	}
	if err := send("grouped", 0, 100); err != nil {
		return err
	}
	first := reader("goes-on", "grouped")
	records, err := read(first, 100, 30)
	if err != nil || len(records) != 100 {
		return fmt.Errorf("at first %d, %v", len(records), err)
	}
	ctx, cancel := within(30)
	defer cancel()
	if err := first.CommitRecords(ctx, records...); err != nil {
		return err
	}
	first.Close()
	if err := send("grouped", 100, 120); err != nil {
		return err
	}
	second := reader("goes-on", "grouped")
	defer second.Close()
	rest, err := read(second, 21, 3)
	if err != nil || len(rest) != 20 {
		return fmt.Errorf("the new ones only, not %d, %v", len(rest), err)
	}
	return nil
}

func share() error {
	if err := create("shared", 4); err != nil {
		return err
	}
	counts := make(chan map[int]int, 100)
	held := map[int]int{}
	var members []*kgo.Client
	changed := func(id, by int, partitions map[string][]int32) {
		counts <- map[int]int{id: by * len(partitions["shared"])}
	}
	for id := range 2 {
		members = append(members, reader("shared", "shared",
			kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, p map[string][]int32) { changed(id, 1, p) }),
			kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, p map[string][]int32) { changed(id, -1, p) })))
	}
	deadline := time.After(60 * time.Second)
	for held[0] != 2 || held[1] != 2 {
		select {
		case change := <-counts:
			for id, by := range change {
				held[id] += by
			}
		case <-deadline:
			return fmt.Errorf("two each: %v", held)
		}
	}
	for _, member := range members {
		member.Close()
	}
	return nil
}

func headers() error {
	c := client()
	ctx, cancel := within(30)
	defer cancel()
	record := &kgo.Record{Topic: "headers", Value: []byte("v"), Timestamp: time.UnixMilli(1234567890123), Headers: []kgo.RecordHeader{{Key: "colour", Value: []byte("red")}}}
	if err := c.ProduceSync(ctx, record).FirstErr(); err != nil {
		return err
	}
	c.Close()
	r := reader("headers", "headers")
	defer r.Close()
	records, err := read(r, 1, 30)
	if err != nil || len(records) != 1 {
		return fmt.Errorf("read %d, %v", len(records), err)
	}
	got := records[0]
	if len(got.Headers) != 1 || string(got.Headers[0].Value) != "red" || got.Key != nil || got.Timestamp.UnixMilli() != 1234567890123 {
		return fmt.Errorf("read %v", got)
	}
	return nil
}

func idempotent() error {
	if err := create("idempotent", 1); err != nil {
		return err
	}
	if err := send("idempotent", 0, count, kgo.MaxBufferedRecords(20), kgo.RequiredAcks(kgo.AllISRAcks())); err != nil {
		return err
	}
	c := reader("idempotent", "idempotent")
	defer c.Close()
	records, err := read(c, count, 30)
	if err != nil || len(records) != count {
		return fmt.Errorf("%d of %d, %v", len(records), count, err)
	}
	for i, r := range records {
		if string(r.Value) != fmt.Sprintf("v%d", i) {
			return fmt.Errorf("in order at %d: %s", i, r.Value)
		}
	}
	return nil
}

func times() error {
	if err := create("times", 1); err != nil {
		return err
	}
	c := client()
	defer c.Close()
	ctx, cancel := within(30)
	defer cancel()
	for i := range 10 {
		record := &kgo.Record{Topic: "times", Timestamp: time.UnixMilli(1000 * int64(i+1)), Value: []byte("v")}
		if err := c.ProduceSync(ctx, record).FirstErr(); err != nil {
			return err
		}
	}
	admin := kadm.NewClient(c)
	found, err := admin.ListOffsetsAfterMilli(ctx, 4500, "times")
	if err != nil {
		return err
	}
	if at, _ := found.Lookup("times", 0); at.Offset != 4 {
		return fmt.Errorf("the first at or after, not %v", at)
	}
	latest, err := admin.ListMaxTimestampOffsets(ctx, "times")
	if err != nil {
		return err
	}
	if at, _ := latest.Lookup("times", 0); at.Offset != 9 || at.Timestamp != 10000 {
		return fmt.Errorf("the largest time, not %v", at)
	}
	ends, err := admin.ListEndOffsets(ctx, "times")
	if err != nil {
		return err
	}
	if at, _ := ends.Lookup("times", 0); at.Offset != 10 {
		return fmt.Errorf("the end, not %v", at)
	}
	return nil
}

func transactions() error {
	if err := create("transacted", 2); err != nil {
		return err
	}
	c := client(kgo.TransactionalID(fmt.Sprintf("tx-%d", time.Now().UnixNano())))
	ctx, cancel := within(60)
	defer cancel()
	for turn := range 4 {
		if err := c.BeginTransaction(); err != nil {
			return err
		}
		value := []string{"kept", "dropped"}[turn%2]
		for i := range 10 {
			record := &kgo.Record{Topic: "transacted", Key: fmt.Appendf(nil, "k%d", i), Value: []byte(value)}
			if err := c.ProduceSync(ctx, record).FirstErr(); err != nil {
				return err
			}
		}
		if err := c.EndTransaction(ctx, kgo.TransactionEndTry(turn%2 == 0)); err != nil {
			return err
		}
	}
	c.Close()
	r := reader("tx-committed", "transacted", kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	defer r.Close()
	records, err := read(r, 21, 3)
	if err != nil || len(records) != 20 {
		return fmt.Errorf("20 committed, not %d, %v", len(records), err)
	}
	for _, one := range records {
		if string(one.Value) != "kept" {
			return fmt.Errorf("read %s", one.Value)
		}
	}
	return nil
}

func exactlyOnce() error {
	if err := errors.Join(create("eos-in", 2), create("eos-out", 2)); err != nil {
		return err
	}
	if err := send("eos-in", 0, 100); err != nil {
		return err
	}
	for turn := range 2 {
		if err := copyTransacted(turn); err != nil {
			return err
		}
	}
	r := reader("eos-reader", "eos-out", kgo.FetchIsolationLevel(kgo.ReadCommitted()))
	defer r.Close()
	records, err := read(r, 101, 3)
	values := map[string]bool{}
	for _, one := range records {
		values[string(one.Value)] = true
	}
	if err != nil || len(records) != 100 || len(values) != 100 {
		return fmt.Errorf("%d records, %d different, %v", len(records), len(values), err)
	}
	return nil
}

// The first turn gives its second transaction up: the second turn has to do it again.
func copyTransacted(turn int) error {
	session, err := kgo.NewGroupTransactSession(kgo.SeedBrokers(bootstrap), kgo.TransactionalID("eos"), kgo.ConsumerGroup("eos"),
		kgo.ConsumeTopics("eos-in"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.RequireStableFetchOffsets())
	if err != nil {
		return err
	}
	defer session.Close()
	for done := 0; ; {
		ctx, cancel := within(5)
		fetches := session.PollRecords(ctx, 30)
		cancel()
		if len(fetches.Records()) == 0 {
			return nil
		}
		if err := session.Begin(); err != nil {
			return err
		}
		for _, r := range fetches.Records() {
			session.Produce(context.Background(), &kgo.Record{Topic: "eos-out", Key: r.Key, Value: r.Value}, nil)
		}
		keep := turn == 1 || done == 0
		ended, cancelEnd := within(30)
		_, err := session.End(ended, kgo.TransactionEndTry(keep))
		cancelEnd()
		if err != nil || !keep {
			return err
		}
		done += len(fetches.Records())
	}
}
