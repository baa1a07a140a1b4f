/**
 * Every component name that Flume has, so that one which is not there yet is called that and never unknown, with what to use instead. Names that
 * the registry has are looked up there first; their rows here do no harm.
 */

export type ComponentKind = 'source' | 'channel' | 'sink' | 'interceptor' | 'selector' | 'processor'

export interface KnownType {
  readonly kind: ComponentKind
  /** Short name, if there is one, and class name. */
  readonly names: readonly string[]
  readonly instead?: string
}

const flume = 'org.apache.flume.'

const of = (kind: ComponentKind, names: string, instead?: string): KnownType => ({
  kind,
  names: names.split(' ').map((name) => (name.includes('.') ? flume + name : name)),
  ...(instead === undefined ? {} : { instead }),
})

const kafka = 'use the Kafka sink and load from the topic'
const notKept = 'Flume itself has given it up'

export const knownTypes: readonly KnownType[] = [
  of('source', 'seq source.SequenceGeneratorSource'),
  of('source', 'netcat source.NetcatSource'),
  of('source', 'netcatudp source.NetcatUdpSource', 'use netcat, which is the same over TCP'),
  of('source', 'exec source.ExecSource'),
  of('source', 'avro source.AvroSource'),
  of('source', 'thrift source.ThriftSource', 'use the avro source, and avro in the client'),
  of('source', 'syslogtcp source.SyslogTcpSource', 'use netcat, which takes the same lines as they are'),
  of('source', 'multiport_syslogtcp source.MultiportSyslogTCPSource', 'use netcat, one for each port'),
  of('source', 'syslogudp source.SyslogUDPSource', 'let the sender use TCP, and netcat here'),
  of('source', 'spooldir source.SpoolDirectorySource'),
  of('source', 'taildir source.taildir.TaildirSource'),
  of('source', 'http source.http.HTTPSource', 'use the avro source, or write into a topic'),
  of('source', 'jms source.jms.JMSSource'),
  of('source', 'source.kafka.KafkaSource'),
  of('source', 'source.StressSource', 'use seq'),
  of('source', 'source.scribe.ScribeSource', notKept),
  of('source', 'source.twitter.TwitterSource', notKept),
  of('source', 'source.avroLegacy.AvroLegacySource', 'use the avro source'),
  of('source', 'source.thriftLegacy.ThriftLegacySource', 'use the avro source'),

  of('channel', 'memory channel.MemoryChannel'),
  of(
    'channel',
    'file channel.file.FileChannel',
    'use memory behind a source that can read again, or a topic between two flows',
  ),
  of('channel', 'jdbc channel.jdbc.JdbcChannel', 'use the file channel'),
  of('channel', 'spillablememory channel.SpillableMemoryChannel'),
  of('channel', 'channel.kafka.KafkaChannel', 'use a Kafka sink and a Kafka source with a topic between them'),
  of('channel', 'channel.PseudoTxnMemoryChannel', 'use the file channel, or memory'),

  of('sink', 'null sink.NullSink'),
  of('sink', 'logger sink.LoggerSink'),
  of('sink', 'file_roll sink.RollingFileSink'),
  of('sink', 'hdfs sink.hdfs.HDFSEventSink'),
  of('sink', 'avro sink.AvroSink'),
  of('sink', 'thrift sink.ThriftSink', 'use the avro sink'),
  of('sink', 'irc sink.irc.IRCSink'),
  of('sink', 'hbase sink.hbase.HBaseSink', kafka),
  of('sink', 'asynchbase sink.hbase.AsyncHBaseSink', kafka),
  of('sink', 'hbase2 sink.hbase2.HBase2Sink', kafka),
  of('sink', 'http sink.http.HttpSink', kafka),
  of('sink', 'hive sink.hive.HiveSink', 'use hdfs, and a Hive table over its folder'),
  of('sink', 'elasticsearch sink.elasticsearch.ElasticSearchSink', kafka),
  of('sink', 'morphline_solr sink.solr.morphline.MorphlineSolrSink', kafka),
  of('sink', 'sink.solr.morphline.MorphlineSink', kafka),
  of('sink', 'sink.kafka.KafkaSink'),
  of('sink', 'sink.kite.DatasetSink', notKept),
  of('sink', 'sink.kudu.KuduSink', kafka),

  of('interceptor', 'timestamp interceptor.TimestampInterceptor$Builder'),
  of('interceptor', 'host interceptor.HostInterceptor$Builder'),
  of('interceptor', 'static interceptor.StaticInterceptor$Builder'),
  of('interceptor', 'remove_header interceptor.RemoveHeaderInterceptor$Builder'),
  of('interceptor', 'search_replace interceptor.SearchAndReplaceInterceptor$Builder'),
  of('interceptor', 'regex_filter interceptor.RegexFilteringInterceptor$Builder'),
  of('interceptor', 'regex_extractor interceptor.RegexExtractorInterceptor$Builder'),
  of('interceptor', 'sink.solr.morphline.UUIDInterceptor$Builder'),
  of('interceptor', 'sink.solr.morphline.MorphlineInterceptor$Builder', 'write it as a TypeScript module'),

  of('selector', 'replicating channel.ReplicatingChannelSelector'),
  of('selector', 'multiplexing channel.MultiplexingChannelSelector'),
  of(
    'selector',
    'load_balancing channel.LoadBalancingChannelSelector',
    'use multiplexing, or one source for each channel',
  ),

  of('processor', 'default sink.DefaultSinkProcessor'),
  of('processor', 'failover sink.FailoverSinkProcessor'),
  of('processor', 'load_balance sink.LoadBalancingSinkProcessor'),
]
