/**
 * Every operating fault Millrace raises, in one table: a sentence that says what is wrong and where, and a hint that says what to do.
 * `{name}` in either is filled from the details given when the fault is raised. Codes are never re-used for another meaning.
 */
const table = {
  BAD_SETTING: {
    says: '{setting}: {problem}',
    hint: 'Correct the value; `millrace components NAME` lists what it may be.',
  },
  CONFIG_MISSING: { says: 'The configuration file {path} does not exist', hint: 'Correct the path.' },
  CONFIG_UNREADABLE: {
    says: 'The configuration file {path} cannot be read: {problem}',
    hint: 'Correct the path or its rights.',
  },
  CONFIG_TOO_LARGE: {
    says: 'The configuration file {path} is larger than {megabytes} MB',
    hint: 'It is hardly an agent file: correct the path.',
  },
  AGENT_UNKNOWN: { says: 'There is no agent {agent} in {files}', hint: 'The agents there are: {agents}.{meant}' },
  LINE_TOO_LONG: {
    says: 'A line of the input is longer than {megabytes} MB',
    hint: 'Look whether the input is text; what stands before that line was sent.',
  },
  WRONG_USAGE: { says: '{command}: {problem}', hint: '`{command} --help` lists the options.' },
  OUTPUT_FILE: { says: '{command}: {problem}', hint: 'Name a new file, in a folder that is there.' },
  CHANNEL_FULL: {
    says: 'Channel {channel} had no room for {events} events within {seconds} s',
    hint: 'The sinks are slower than the sources: look at the sink for errors, or raise the capacity of the channel.',
  },
  BATCH_TOO_LARGE: {
    says: 'A batch of {events} events is above the transactionCapacity {transactionCapacity} of channel {channel}',
    hint: 'Raise transactionCapacity, or lower the batch size of the source.',
  },
  BATCH_BYTES: {
    says: 'A batch of {events} events takes {bytes} bytes, and channel {channel} stores at most {bytesMax} of one batch',
    hint: 'Lower the batch size of the source, or the size of its events.',
  },
  CHANNEL_CLOSED: {
    says: 'Channel {channel} is closed',
    hint: 'The agent is stopping; what was not taken is delivered again after the next start where the source can.',
  },
  CHANNEL_NO_SPACE: {
    says: 'Channel {channel} takes no events: {folder} has {free} bytes left, and {required} must stay free',
    hint: 'Make room on that disk, or lower minimumRequiredSpace. Sinks go on, and what they take gives room back.',
  },
  CHANNEL_DISK: {
    says: 'Channel {channel} could not store or read events: {problem}',
    hint: 'Look at the disk and the rights of its folders. Nothing that was acknowledged is given up; it is tried again.',
  },
  CHANNEL_FOLDER: {
    says: 'Channel {channel} cannot use {folder}, of {setting}: {problem}',
    hint: '{advice}',
  },
  CHANNEL_FOLDER_EMPTY: {
    says: 'Channel {channel} has used {folder}, which is not there now, or is not what it was: its disk may not be mounted',
    hint: 'Mount it and start again. If what was on it is gone for good, make the folder and put an empty file named new-disk into it: the events that were there are then told as lost, as far as they are known.',
  },
  CHANNEL_FOLDER_LEFT_OUT: {
    says: 'Channel {channel} has used {folder}, which is not one of its dataDirs any more, and may hold events',
    hint: 'Name it again: once its events were delivered, it may be taken out. If it is gone for good, name it all the same, and put an empty file named new-disk into it: its events are then told as lost, as far as they are known.',
  },
  CHANNEL_MIXED: {
    says: '{other} belongs to another file channel than {one}',
    hint: 'Compare checkpointDir and dataDirs with those that these folders were made with: every channel has folders of its own. No event was touched. A folder without data files that a channel which is gone has left may be removed.',
  },
  FLUME_CHANNEL_ENCRYPTED: {
    says: '{path} was written by Flume encrypted, with the key {key}',
    hint: 'Encrypted file channels cannot be taken over: let Flume deliver what this one holds, then start Millrace on an empty folder.',
  },
  FLUME_CHANNEL_VERSION: {
    says: '{path} was written by Flume in version {version} of its format; only version 3 (Flume 1.3 and later) can be taken over',
    hint: 'Let Flume deliver what the channel holds, then start Millrace on an empty folder.',
  },
  CHANNEL_RECORD: {
    says: 'Channel {channel} cannot put a batch: {problem}',
    hint: 'Correct the partition header or setting, or raise kafka.producer.max.request.size and the limit of the topic.',
  },
  STOPPED_BEFORE_HELD: {
    says: 'The agent stopped before every channel of source {source} held {events} events',
    hint: 'Sources that can read again deliver them after the next start; other peers must send them again.',
  },
  PORT_IN_USE: {
    says: '{address} is already in use',
    hint: 'Stop the program that listens there, or choose another port.',
  },
  AVRO_UNREACHABLE: {
    says: 'No Avro source answers at {address}: {problem}',
    hint: 'Start the agent there, or correct hostname and port.',
  },
  AVRO_LOST: {
    says: 'The connection to the Avro source at {address} was lost: {problem}',
    hint: 'The agent there stopped or closed the connection; compression-type must be the same on both ends.',
  },
  AVRO_TIMED_OUT: {
    says: 'The Avro source at {address} gave no answer within {seconds} s',
    hint: 'The agent there is overloaded or stuck; request-timeout is how long to wait.',
  },
  AVRO_REFUSED: {
    says: 'The Avro source at {address} did not take the events: {status}',
    hint: 'The channel there is full, or its log says why.',
  },
  CANNOT_RUN: {
    says: 'Cannot run {command}: {problem}',
    hint: "Correct the program's name or the PATH; quotes, pipes and wildcards need shell = /bin/sh -c.",
  },
  CANNOT_BIND: { says: 'Cannot listen on {address}: {problem}', hint: 'Check the bind address and the port number.' },
  FOLDER_MISSING: {
    says: 'Directory does not exist: {path}',
    hint: 'Create it, or correct {setting}.',
  },
  NOT_A_FOLDER: {
    says: '{path} cannot be a folder: it, or what it is to lie in, is a file',
    hint: 'Move that file away, or correct {setting}.',
  },
  FOLDER_LOCKED: {
    says: '{path} is in use by process {pid}',
    hint: 'Only one process may own it: stop the other one, or give this one {own} of its own.',
  },
  CHANNEL_IN_USE: {
    says: '{path} is in use by process {pid}',
    hint: 'Stop that process first; `millrace channel inspect` looks into a channel while its agent runs.',
  },
  LOG_FOLDER_FOREIGN: {
    says: '{path}/meta.properties is of version {version}, which only a newer broker understands',
    hint: 'Give this broker a folder of its own in log.dirs, or a newer Millrace.',
  },
  LOG_FOLDERS_FAILED: {
    says: 'None of the log folders {paths} can be used: {reason}',
    hint: 'Look after the disks and the rights on these folders, then start the broker again.',
  },
  LOG_FOLDER_DAMAGED: {
    says: '{path}/meta.properties does not say whose folder it is',
    hint: 'Put back a copy of it with the lines broker.id= and cluster.id=, or use another folder.',
  },
  WRONG_BROKER_ID: {
    says: "Configured broker.id {configured} doesn't match stored broker.id {stored} in {path}/meta.properties",
    hint: 'If you moved your data, make sure the configured broker.id matches. For a new broker, use an empty folder.',
  },
  WRONG_CLUSTER_ID: {
    says: "The Cluster ID {stored} in {path}/meta.properties doesn't match {expected}, that of the other log folders",
    hint: 'Folders of different clusters cannot be served together: correct log.dirs.',
  },
  BAD_ADDRESS: {
    says: "'{address}' is not a list of host:port pairs",
    hint: 'Write broker addresses as host1:9092,host2:9092.',
  },
  BROKER_UNREACHABLE: {
    says: 'No broker answers at {addresses}: {problem}',
    hint: 'Start the broker, or correct the address; an agent brings its own broker along with --broker.',
  },
  NO_SUCH_BROKER: { says: 'The cluster has no broker {broker}', hint: 'Name one that it has: {brokers}.' },
  CONNECTION_LOST: {
    says: 'The connection to broker {address} was lost: {problem}',
    hint: 'The broker stopped, or closed the connection; its own log says why.',
  },
  REQUEST_TIMED_OUT: {
    says: '{api} got no answer from broker {address} within {seconds} s',
    hint: 'The broker is overloaded or stuck; request.timeout.ms is how long to wait.',
  },
  NOT_A_BROKER: {
    says: 'What answers at {address} does not speak the Kafka protocol: {problem}',
    hint: 'Look whether the port is that of a Kafka listener without TLS.',
  },
  BROKER_TOO_OLD: {
    says: 'Broker {address} does not speak {api} in version {version} or newer',
    hint: 'Kafka 0.11 or newer is needed.',
  },
  BROKER_ERROR: { says: '{what}: {error}', hint: '{advice}' },
  TOPIC_MISSING: {
    says: 'Topic {topic} does not exist, and the broker does not create it',
    hint: 'Create it with kafka-topics.sh --create --topic {topic}, or set auto.create.topics.enable=true on the broker.',
  },
  DELIVERY_TIMED_OUT: {
    says: '{topic}-{partition} took no records within {seconds} s: {problem}',
    hint: 'Look at the broker; delivery.timeout.ms is how long to wait.',
  },
  BEHIND_REFUSED: {
    says: '{topic}-{partition} was sent no more records, since those before them were refused: {problem}',
    hint: 'They are sent in their order once those before them are out of the way.',
  },
  TRANSACTION_FAILED: {
    says: 'The transaction of {transactionalId} has failed: {problem}',
    hint: 'Abort it; what belonged to it is to be sent again in a new one.',
  },
  PRODUCER_FENCED: {
    says: 'The producer of {transactionalId} has been shut out: {problem}',
    hint: 'Another producer uses the same transactional.id, or a transaction took longer than transaction.timeout.ms.',
  },
  BAD_RECORDS: {
    says: '{topic}-{partition} cannot be read at offset {offset}: {problem}',
    hint: 'The log of the broker is damaged there; committing an offset beyond it for the group skips it.',
  },
  NO_OFFSET: {
    says: '{topic}-{partition} has no usable offset for group {group}, and auto.offset.reset is none',
    hint: 'Commit an offset for the group, or set auto.offset.reset to earliest or latest.',
  },
  BAD_BROKER_CONFIG: {
    says: 'The configuration of the broker is not valid: {problem}',
    hint: 'Correct server.properties; conf/server.properties is an example.',
  },
  LISTENER_TAKEN: {
    says: '{address} is already in use: {answers} answers there',
    hint: '{advice}',
  },
  BROKER_DIED: {
    says: 'The broker inside this process ended: {problem}',
    hint: 'It is started again; if that goes on, the lines before this one say why.',
  },
  NO_SUCH_TOPIC: {
    says: "Topic '{topic}' does not exist as expected",
    hint: 'kafka-topics.sh --list shows those that exist.',
  },
  BROKER_CONFIG_UNREADABLE: {
    says: 'The broker configuration {file} cannot be read: {problem}',
    hint: 'Give the path of a server.properties; conf/server.properties is an example.',
  },
} as const satisfies Record<string, { says: string; hint: string }>

export type FaultCode = keyof typeof table
export type FaultDetails = Readonly<Record<string, string | number>>

/** The table's rows, for `millrace help faults` and its test. */
export const faultTable: Readonly<Record<FaultCode, { readonly says: string; readonly hint: string }>> = table

/** One of something is no plural: `{events} events` becomes `1 event`. */
const filled = (text: string, details: FaultDetails): string =>
  text.replaceAll(/\{(\w+)\}( events)?/g, (whole, name: string, noun = '') => {
    const value = details[name]
    if (value === undefined) return whole
    return value === 1 && noun !== '' ? '1 event' : `${value}${noun}`
  })

/** An operating fault: something in the world is wrong, and a person or a retry can mend it. Never used for a broken invariant (see assert.ts). */
export class Fault extends Error {
  readonly code: FaultCode
  readonly hint: string
  readonly details: FaultDetails

  constructor(code: FaultCode, details: FaultDetails = {}, cause?: unknown) {
    super(filled(table[code].says, details), cause === undefined ? undefined : { cause })
    this.name = 'Fault'
    this.code = code
    this.hint = filled(table[code].hint, details)
    this.details = details
  }
}

/** The text of anything thrown, for messages that quote a cause. Where several parts could not be disposed of, each one's, first to last. */
export const reasonOf = (thrown: unknown): string => {
  if (thrown instanceof SuppressedError)
    return [...new Set([reasonOf(thrown.suppressed), reasonOf(thrown.error)])].join('; ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The `code` of a system error (`ENOSPC`, `EADDRINUSE`), or undefined. */
export const systemCode = (thrown: unknown): string | undefined => {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  return typeof code === 'string' ? code : undefined
}
