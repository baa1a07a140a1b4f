/** The settings of the hdfs sink. Those that only a remote file system gives a meaning to are taken, and have no effect on local paths. */
import { each, flag, integer, milliseconds, oneOf, row, seconds, text } from '../../src/config/setting-kinds.ts'
import { Calendar } from '../../src/formats/calendar.ts'

const timeZone = (name: string): string => {
  new Calendar(name).wall(0)
  return name
}

const remoteOnly = (what: string): string => `${what} Without effect on local paths.`

export const fileTypes = ['SequenceFile', 'DataStream', 'CompressedStream'] as const
export const writeFormats = ['Writable', 'Text'] as const
export const syncPolicies = ['never', 'roll', 'batch'] as const
export const roundUnits = ['second', 'minute', 'hour'] as const

const where = {
  'hdfs.path': text({
    doc: 'Folder of the files, with escapes for headers and dates: file:///logs/%{host}/%Y-%m-%d.',
    required: true,
  }),
  'hdfs.filePrefix': text({ doc: 'Beginning of file names; may have escapes.', default: 'FlumeData' }),
  'hdfs.fileSuffix': text({ doc: 'End of file names, its dot included.', default: '' }),
  'hdfs.inUsePrefix': text({ doc: 'Stands before the name of a file that is being written.', default: '' }),
  'hdfs.inUseSuffix': text({ doc: 'Stands behind the name of a file that is being written.', default: '.tmp' }),
  'hdfs.emptyInUseSuffix': flag({ doc: 'Write files without inUseSuffix.', default: false }),
}

const when = {
  'hdfs.rollInterval': seconds({ doc: 'Age at which a file is ended; 0 for no limit.', default: 30, min: 0 }),
  'hdfs.rollSize': integer({ doc: 'Bytes of bodies at which a file is ended; 0 for no limit.', default: 1024, min: 0 }),
  'hdfs.rollCount': integer({ doc: 'Events at which a file is ended; 0 for no limit.', default: 10, min: 0 }),
  'hdfs.idleTimeout': seconds({
    doc: 'Time without events after which a file is ended; 0 for no limit.',
    default: 0,
    min: 0,
  }),
  'hdfs.batchSize': integer({ doc: 'The most events written at once.', default: 100, min: 1 }),
  'hdfs.maxOpenFiles': integer({
    doc: 'Files open at once; beyond it the one used longest ago is ended.',
    default: 5000,
    min: 1,
  }),
  'hdfs.closeTries': integer({ doc: 'Tries to close and rename a file; 0 for no limit.', defaultText: 'no limit' }),
  'hdfs.retryInterval': seconds({ doc: 'Time between those tries; 0 for one try only.', default: 180 }),
  'hdfs.sync': oneOf(syncPolicies, {
    doc: "When data is forced from the system's cache onto the disk: never, before a file gets its name, or with every batch.",
    default: 'never',
    ours: true,
  }),
}

const what = {
  'hdfs.fileType': oneOf(fileTypes, {
    doc: 'Format of the files; CompressedStream is not there yet.',
    default: 'SequenceFile',
  }),
  'hdfs.writeFormat': oneOf(writeFormats, { doc: 'Kind of the values in a SequenceFile.', default: 'Writable' }),
  'hdfs.codeC': text({ doc: 'Compression; not there yet but for None.' }),
  serializer: text({ doc: 'What a DataStream holds: text, header_and_text, avro_event.', default: 'text' }),
  'serializer.*': each(text({ doc: 'Options of the serializer.' })),
}

const times = {
  'hdfs.round': flag({ doc: 'Round times down before they are put into the path.', default: false }),
  'hdfs.roundValue': integer({ doc: 'Round to multiples of this.', default: 1, min: 1 }),
  'hdfs.roundUnit': oneOf(roundUnits, { doc: 'Unit of roundValue.', default: 'second' }),
  'hdfs.timeZone': row<string, { doc: string; defaultText: string }>('time zone', timeZone, {
    doc: 'Zone of the dates: Europe/Berlin, UTC, GMT+8.',
    defaultText: "the machine's",
  }),
  'hdfs.useLocalTimeStamp': flag({ doc: "Take this machine's time and not the header timestamp.", default: false }),
}

const remote = {
  'hdfs.minBlockReplicas': integer({ doc: remoteOnly('Replicas of a block below which a file is ended.') }),
  'hdfs.threadsPoolSize': integer({ doc: remoteOnly('Threads for calls to the file system.'), default: 10 }),
  'hdfs.rollTimerPoolSize': integer({ doc: remoteOnly('Threads for the timers.'), default: 1 }),
  'hdfs.callTimeout': milliseconds({ doc: remoteOnly('Limit for a call to the file system.'), default: 30_000 }),
  'hdfs.useRawLocalFileSystem': flag({ doc: 'Write no .crc files; none are ever written.', default: false }),
  'hdfs.txnEventMax': integer({ doc: 'Retired in Flume; without effect.' }),
  'hdfs.kerberosPrincipal': text({ doc: 'Not there yet.' }),
  'hdfs.kerberosKeytab': text({ doc: 'Not there yet.' }),
  'hdfs.proxyUser': text({ doc: 'Not there yet.' }),
}

export const settings = { ...where, ...when, ...what, ...times, ...remote }
