// Tries kafka-go on a broker: client bootstrap.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/segmentio/kafka-go"
)

const count = 500

var (
	bootstrap = os.Args[1]
	// What it knows of the cluster is six seconds old at the most, unless it is told to look more often.
	transport = &kafka.Transport{MetadataTTL: 50 * time.Millisecond}
	admin     = &kafka.Client{Addr: kafka.TCP(os.Args[1]), Timeout: 10 * time.Second, Transport: transport}
	failures  = 0
)

func main() {
	attempt("creates, grows and deletes topics", topics)
	codecs := map[string]kafka.Compression{"none": 0, "gzip": kafka.Gzip, "snappy": kafka.Snappy, "lz4": kafka.Lz4, "zstd": kafka.Zstd}
	for name, one := range codecs {
		attempt("produces and consumes with "+name, func() error { return codec(name, one) })
	}
	attempt("a group goes on where it committed", group)
	attempt("sends headers and gets them back", headers)
	attempt("finds offsets by time", times)
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

func create(topic string, partitions int) error {
	connection, err := kafka.Dial("tcp", bootstrap)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.CreateTopics(kafka.TopicConfig{Topic: topic, NumPartitions: partitions, ReplicationFactor: 1}); err != nil {
		return err
	}
	return known(topic, partitions)
}

// Waits until the library has looked: a writer does not ask again for a topic that it does not know.
func known(topic string, partitions int) error {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		described, err := admin.Metadata(context.Background(), &kafka.MetadataRequest{Topics: []string{topic}})
		if err != nil {
			return err
		}
		if len(described.Topics[0].Partitions) == partitions {
			return nil
		}
	}
	return fmt.Errorf("%s never had %d partitions", topic, partitions)
}

func send(topic string, from, to int, compression kafka.Compression) error {
	writer := &kafka.Writer{Addr: kafka.TCP(bootstrap), Transport: transport, Topic: topic, Compression: compression, RequiredAcks: kafka.RequireAll, BatchTimeout: 5 * time.Millisecond}
	defer writer.Close()
	var messages []kafka.Message
	for i := from; i < to; i++ {
		messages = append(messages, kafka.Message{Key: fmt.Appendf(nil, "k%d", i), Value: fmt.Appendf(nil, "v%d", i)})
	}
	return writer.WriteMessages(context.Background(), messages...)
}

// Reads with or without a group; commits where there is one.
func read(group, topic string, want, seconds int) ([]kafka.Message, error) {
	reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{bootstrap}, GroupID: group, Topic: topic, StartOffset: kafka.FirstOffset, MaxWait: 200 * time.Millisecond})
	defer reader.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second)
	defer cancel()
	var all []kafka.Message
	for len(all) < want {
		message, err := reader.ReadMessage(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, message)
	}
	return all, nil
}

func topics() error {
	if err := create("admin", 2); err != nil {
		return err
	}
	ctx := context.Background()
	grown, err := admin.CreatePartitions(ctx, &kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{{Name: "admin", Count: 5}}})
	if err != nil || grown.Errors["admin"] != nil {
		return fmt.Errorf("grow: %v %v", err, grown)
	}
	if err := known("admin", 5); err != nil {
		return err
	}
	deleted, err := admin.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{"admin"}})
	if err != nil || deleted.Errors["admin"] != nil {
		return fmt.Errorf("delete: %v %v", err, deleted)
	}
	return nil
}

func codec(name string, codec kafka.Compression) error {
	topic := "codec-" + name
	if err := errors.Join(create(topic, 3), send(topic, 0, count, codec)); err != nil {
		return err
	}
	messages, err := read("reader-"+name, topic, count, 30)
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
	if err := errors.Join(create("grouped", 2), send("grouped", 0, 100, 0)); err != nil {
		return err
	}
	first, err := read("goes-on", "grouped", 100, 30)
	if err != nil || len(first) != 100 {
		return fmt.Errorf("at first %d, %v", len(first), err)
	}
	if err := send("grouped", 100, 120, 0); err != nil {
		return err
	}
	rest, err := read("goes-on", "grouped", 21, 5)
	if err != nil || len(rest) != 20 {
		return fmt.Errorf("the new ones only, not %d, %v", len(rest), err)
	}
	return nil
}

func headers() error {
	if err := create("headers", 1); err != nil {
		return err
	}
	writer := &kafka.Writer{Addr: kafka.TCP(bootstrap), Transport: transport, Topic: "headers", BatchTimeout: time.Millisecond}
	defer writer.Close()
	message := kafka.Message{Value: []byte("v"), Time: time.UnixMilli(1234567890123), Headers: []kafka.Header{{Key: "colour", Value: []byte("red")}}}
	if err := writer.WriteMessages(context.Background(), message); err != nil {
		return err
	}
	messages, err := read("headers", "headers", 1, 30)
	if err != nil || len(messages) != 1 {
		return fmt.Errorf("read %d, %v", len(messages), err)
	}
	got := messages[0]
	if len(got.Headers) != 1 || string(got.Headers[0].Value) != "red" || len(got.Key) != 0 || got.Time.UnixMilli() != 1234567890123 {
		return fmt.Errorf("read %v", got)
	}
	return nil
}

func times() error {
	if err := create("times", 1); err != nil {
		return err
	}
	writer := &kafka.Writer{Addr: kafka.TCP(bootstrap), Transport: transport, Topic: "times", BatchSize: 1}
	defer writer.Close()
	for i := range 10 {
		if err := writer.WriteMessages(context.Background(), kafka.Message{Time: time.UnixMilli(1000 * int64(i+1)), Value: []byte("v")}); err != nil {
			return err
		}
	}
	answer, err := admin.ListOffsets(context.Background(), &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{
		"times": {kafka.TimeOffsetOf(0, time.UnixMilli(4500)), kafka.LastOffsetOf(0), kafka.FirstOffsetOf(0)}}})
	if err != nil || answer.Topics["times"][0].Error != nil {
		return fmt.Errorf("offsets: %v %v", err, answer)
	}
	found := answer.Topics["times"][0]
	if _, is := found.Offsets[4]; !is || found.FirstOffset != 0 || found.LastOffset != 10 {
		return fmt.Errorf("offsets: %v", found)
	}
	return nil
}
