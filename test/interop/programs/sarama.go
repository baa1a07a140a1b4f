// Tries Sarama on a broker: client bootstrap version abilities... The version is the one that Sarama believes the broker to have.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/IBM/sarama"
)

const count = 500

var (
	bootstrap = os.Args[1]
	version   sarama.KafkaVersion
	failures  = 0
)

func main() {
	parsed, err := sarama.ParseKafkaVersion(os.Args[2])
	if err != nil {
		panic(err)
	}
	version = parsed
	attempt("creates, grows and deletes topics", topics)
	codecs := map[string]sarama.CompressionCodec{"none": sarama.CompressionNone, "gzip": sarama.CompressionGZIP, "snappy": sarama.CompressionSnappy, "lz4": sarama.CompressionLZ4}
	if slices.Contains(os.Args[3:], "zstd") {
		codecs["zstd"] = sarama.CompressionZSTD
	}
	for name, one := range codecs {
		attempt("produces and consumes with "+name, func() error { return codec(name, one) })
	}
	attempt("a group goes on where it committed", group)
	attempt("two members share a topic", share)
	attempt("sends headers and gets them back", headers)
	attempt("produces idempotently", idempotent)
	attempt("finds offsets by time", times)
	if slices.Contains(os.Args[3:], "transactions") {
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

func config() *sarama.Config {
	c := sarama.NewConfig()
	c.Version = version
	c.Producer.Return.Successes = true
	c.Producer.RequiredAcks = sarama.WaitForAll
	c.Consumer.Offsets.Initial = sarama.OffsetOldest
	c.Consumer.Offsets.AutoCommit.Enable = false
	c.Consumer.Group.Rebalance.Timeout = 10 * time.Second
	return c
}

func create(topic string, partitions int32) error {
	admin, err := sarama.NewClusterAdmin([]string{bootstrap}, config())
	if err != nil {
		return err
	}
	defer admin.Close()
	return admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: partitions, ReplicationFactor: 1}, false)
}

func send(topic string, from, to int, c *sarama.Config) error {
	producer, err := sarama.NewSyncProducer([]string{bootstrap}, c)
	if err != nil {
		return err
	}
	defer producer.Close()
	var messages []*sarama.ProducerMessage
	for i := from; i < to; i++ {
		messages = append(messages, &sarama.ProducerMessage{Topic: topic, Key: sarama.StringEncoder(fmt.Sprintf("k%d", i)), Value: sarama.StringEncoder(fmt.Sprintf("v%d", i))})
	}
	return producer.SendMessages(messages)
}

// One member of a group that reads until it has enough.
type member struct {
	lock     sync.Mutex
	messages []*sarama.ConsumerMessage
	want     int
	claims   int
	commit   bool
	enough   context.CancelFunc
}

func (m *member) Setup(session sarama.ConsumerGroupSession) error {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.claims = 0
	for _, partitions := range session.Claims() {
		m.claims += len(partitions)
	}
	return nil
}

func (m *member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case message, more := <-claim.Messages():
			if !more {
				return nil
			}
			m.lock.Lock()
			m.messages = append(m.messages, message)
			session.MarkMessage(message, "")
			if len(m.messages) >= m.want {
				// Once only: with one broker, Sarama commits on the connection on which its fetches wait.
				if m.commit {
					session.Commit()
				}
				m.enough()
			}
			m.lock.Unlock()
		case <-session.Context().Done():
			return nil
		}
	}
}

func read(group, topic string, want, seconds int, commit bool, c *sarama.Config) ([]*sarama.ConsumerMessage, error) {
	consumer, err := sarama.NewConsumerGroup([]string{bootstrap}, group, c)
	if err != nil {
		return nil, err
	}
	defer consumer.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
	defer cancel()
	m := &member{want: want, commit: commit, enough: cancel}
	for ctx.Err() == nil {
		if err := consumer.Consume(ctx, []string{topic}, m); err != nil && ctx.Err() == nil {
			return m.messages, err
		}
	}
	return m.messages, nil
}

func topics() error {
	admin, err := sarama.NewClusterAdmin([]string{bootstrap}, config())
	if err != nil {
		return err
	}
	defer admin.Close()
	retention := "3600000"
	detail := &sarama.TopicDetail{NumPartitions: 2, ReplicationFactor: 1, ConfigEntries: map[string]*string{"retention.ms": &retention}}
	if err := admin.CreateTopic("admin", detail, false); err != nil {
		return err
	}
	if err := admin.CreatePartitions("admin", 5, nil, false); err != nil {
		return err
	}
	described, err := admin.DescribeTopics([]string{"admin"})
	if err != nil || len(described[0].Partitions) != 5 {
		return fmt.Errorf("described: %v %v", err, described)
	}
	var refused *sarama.TopicPartitionError
	if err := admin.CreatePartitions("admin", 3, nil, false); !errors.As(err, &refused) || refused.Err != sarama.ErrInvalidPartitions {
		return fmt.Errorf("a topic shrank: %v", err)
	}
	return admin.DeleteTopic("admin")
}

func codec(name string, codec sarama.CompressionCodec) error {
	topic := "codec-" + name
	if err := create(topic, 3); err != nil {
		return err
	}
	c := config()
	c.Producer.Compression = codec
	if err := send(topic, 0, count, c); err != nil {
		return err
	}
	messages, err := read("reader-"+name, topic, count, 30, false, config())
	values := map[string]bool{}
	for _, m := range messages {
		values[string(m.Value)] = true
	}
	if err != nil || len(values) != count {
		return fmt.Errorf("%d of %d, %v", len(values), count, err)
	}
	return nil
}

func group() error {
	if err := errors.Join(create("grouped", 2), send("grouped", 0, 100, config())); err != nil {
		return err
	}
	first, err := read("goes-on", "grouped", 100, 30, true, config())
	if err != nil || len(first) != 100 {
		return fmt.Errorf("at first %d, %v", len(first), err)
	}
	if err := send("grouped", 100, 120, config()); err != nil {
		return err
	}
	rest, err := read("goes-on", "grouped", 21, 5, true, config())
	if err != nil || len(rest) != 20 {
		return fmt.Errorf("the new ones only, not %d, %v", len(rest), err)
	}
	return nil
}

func share() error {
	if err := create("shared", 4); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	members := []*member{{want: 1 << 30}, {want: 1 << 30}}
	for _, m := range members {
		consumer, err := sarama.NewConsumerGroup([]string{bootstrap}, "shared", config())
		if err != nil {
			return err
		}
		defer consumer.Close()
		go func() {
			for ctx.Err() == nil {
				_ = consumer.Consume(ctx, []string{"shared"}, m)
			}
		}()
	}
	for ctx.Err() == nil {
		members[0].lock.Lock()
		members[1].lock.Lock()
		shared := members[0].claims == 2 && members[1].claims == 2
		members[1].lock.Unlock()
		members[0].lock.Unlock()
		if shared {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("two each: %d and %d", members[0].claims, members[1].claims)
}

func headers() error {
	producer, err := sarama.NewSyncProducer([]string{bootstrap}, config())
	if err != nil {
		return err
	}
	defer producer.Close()
	_, _, err = producer.SendMessage(&sarama.ProducerMessage{Topic: "headers", Value: sarama.StringEncoder("v"), Timestamp: time.UnixMilli(1234567890123),
		Headers: []sarama.RecordHeader{{Key: []byte("colour"), Value: []byte("red")}}})
	if err != nil {
		return err
	}
	messages, err := read("headers", "headers", 1, 30, false, config())
	if err != nil || len(messages) != 1 {
		return fmt.Errorf("read %d, %v", len(messages), err)
	}
	got := messages[0]
	if len(got.Headers) != 1 || string(got.Headers[0].Value) != "red" || got.Key != nil || got.Timestamp.UnixMilli() != 1234567890123 {
		return fmt.Errorf("read %v", got)
	}
	return nil
}

func idempotent() error {
	if err := create("idempotent", 1); err != nil {
		return err
	}
	c := config()
	c.Producer.Idempotent = true
	c.Net.MaxOpenRequests = 1
	c.Producer.Flush.MaxMessages = 20
	if err := send("idempotent", 0, count, c); err != nil {
		return err
	}
	messages, err := read("idempotent", "idempotent", count, 30, false, config())
	if err != nil || len(messages) != count {
		return fmt.Errorf("%d of %d, %v", len(messages), count, err)
	}
	for i, m := range messages {
		if string(m.Value) != fmt.Sprintf("v%d", i) {
			return fmt.Errorf("in order at %d: %s", i, m.Value)
		}
	}
	return nil
}

func times() error {
	if err := create("times", 1); err != nil {
		return err
	}
	producer, err := sarama.NewSyncProducer([]string{bootstrap}, config())
	if err != nil {
		return err
	}
	defer producer.Close()
	for i := range 10 {
		message := &sarama.ProducerMessage{Topic: "times", Timestamp: time.UnixMilli(1000 * int64(i+1)), Value: sarama.StringEncoder("v")}
		if _, _, err := producer.SendMessage(message); err != nil {
			return err
		}
	}
	client, err := sarama.NewClient([]string{bootstrap}, config())
	if err != nil {
		return err
	}
	defer client.Close()
	for _, one := range [][2]int64{{4500, 4}, {sarama.OffsetNewest, 10}, {sarama.OffsetOldest, 0}} {
		if offset, err := client.GetOffset("times", 0, one[0]); err != nil || offset != one[1] {
			return fmt.Errorf("offset %d for %d, %v", offset, one[0], err)
		}
	}
	return nil
}

func transacted(id string) *sarama.Config {
	c := config()
	c.Producer.Idempotent = true
	c.Producer.Transaction.ID = id
	c.Net.MaxOpenRequests = 1
	return c
}

func committed() *sarama.Config {
	c := config()
	c.Consumer.IsolationLevel = sarama.ReadCommitted
	return c
}

func transactions() error {
	if err := create("transacted", 2); err != nil {
		return err
	}
	producer, err := sarama.NewSyncProducer([]string{bootstrap}, transacted(fmt.Sprintf("tx-%d", time.Now().UnixNano())))
	if err != nil {
		return err
	}
	defer producer.Close()
	for turn := range 4 {
		if err := producer.BeginTxn(); err != nil {
			return err
		}
		for i := range 10 {
			message := &sarama.ProducerMessage{Topic: "transacted", Key: sarama.StringEncoder(fmt.Sprintf("k%d", i)), Value: sarama.StringEncoder([]string{"kept", "dropped"}[turn%2])}
			if _, _, err := producer.SendMessage(message); err != nil {
				return err
			}
		}
		end := producer.CommitTxn
		if turn%2 == 1 {
			end = producer.AbortTxn
		}
		if err := end(); err != nil {
			return err
		}
	}
	messages, err := read("tx-committed", "transacted", 21, 5, false, committed())
	if err != nil || len(messages) != 20 {
		return fmt.Errorf("20 committed, not %d, %v", len(messages), err)
	}
	for _, m := range messages {
		if string(m.Value) != "kept" {
			return fmt.Errorf("read %s", m.Value)
		}
	}
	return nil
}

// Reads in a group, writes and commits the offsets in transactions of 25.
func exactlyOnce() error {
	if err := errors.Join(create("eos-in", 2), create("eos-out", 2), send("eos-in", 0, 100, config())); err != nil {
		return err
	}
	messages, err := read("eos-source", "eos-in", 100, 30, false, committed())
	if err != nil || len(messages) != 100 {
		return fmt.Errorf("read %d, %v", len(messages), err)
	}
	producer, err := sarama.NewSyncProducer([]string{bootstrap}, transacted("eos"))
	if err != nil {
		return err
	}
	defer producer.Close()
	for from := 0; from < 100; from += 25 {
		if err := copyTransacted(producer, messages[from:from+25]); err != nil {
			return err
		}
	}
	copied, err := read("eos-reader", "eos-out", 101, 5, false, committed())
	if err != nil || len(copied) != 100 {
		return fmt.Errorf("%d copied, %v", len(copied), err)
	}
	rest, err := read("eos", "eos-in", 1, 3, false, committed())
	if err != nil || len(rest) != 0 {
		return fmt.Errorf("%d left over, %v", len(rest), err)
	}
	return nil
}

func copyTransacted(producer sarama.SyncProducer, messages []*sarama.ConsumerMessage) error {
	if err := producer.BeginTxn(); err != nil {
		return err
	}
	for _, m := range messages {
		if _, _, err := producer.SendMessage(&sarama.ProducerMessage{Topic: "eos-out", Value: sarama.ByteEncoder(m.Value)}); err != nil {
			return err
		}
		if err := producer.AddMessageToTxn(m, "eos", nil); err != nil {
			return err
		}
	}
	return producer.CommitTxn()
}
