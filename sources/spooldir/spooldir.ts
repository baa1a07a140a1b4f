/**
 * spooldir: reads files that somebody puts complete into a folder, line by line, and renames each when its last line is stored. For files that
 * are still written to there is TAILDIR.
 */
import { isAbsolute, resolve } from 'node:path'
import { flag, integer, milliseconds, oneOf, path, regex, row, text, bytes } from '../../src/config/setting-kinds.ts'
import type { Finding, RowOptions } from '../../src/config/setting.ts'
import { defineSource } from '../../src/flow/component.ts'
import { charsetOf } from '../../src/formats/charset.ts'
import { recodeOf } from './recode.ts'
import { SpoolSource } from './spool-source.ts'

const charset = <const O extends RowOptions<string>>(options: O) =>
  row<string, O>(
    'character set',
    (given) => {
      if (charsetOf(given) === undefined) throw new Error(`'${given}' is no character set known here`)
      if (/^utf[-_]?(?:16|32)/i.test(given)) throw new Error(`${given} is not there yet; convert the files to UTF-8`)
      return given
    },
    options,
  )

const notYet: Readonly<Record<string, string>> = {
  avro: 'AVRO is not there yet; LINE is',
  'org.apache.flume.serialization.avroeventdeserializer$builder': 'AVRO is not there yet; LINE is',
  'org.apache.flume.sink.solr.morphline.blobdeserializer$builder': 'BLOB is not there yet; LINE is',
}

const deserializer = (given: string): 'LINE' => {
  const name = given.toLowerCase()
  if (name === 'line' || name === 'org.apache.flume.serialization.linedeserializer$builder') return 'LINE'
  throw new Error(notYet[name] ?? `'${given}' is no deserializer known here; LINE is`)
}

export const spooldir = defineSource({
  type: 'spooldir',
  aliases: ['org.apache.flume.source.SpoolDirectorySource'],
  summary: 'Reads the files put into a folder, line by line, and renames each when it is stored.',
  batchSetting: 'batchSize',
  settings: {
    spoolDir: path({ doc: 'The folder that files are put into, each complete.', required: true }),
    fileSuffix: text({ doc: 'What is added to the name of a file that is done.', default: '.COMPLETED' }),
    deletePolicy: oneOf(['never', 'immediate'], { doc: 'Whether files that are done are deleted.', default: 'never' }),
    trackingPolicy: oneOf(['rename', 'tracker_dir'], {
      doc: 'What marks a file as done: its new name, or an empty file in the tracker folder.',
      default: 'rename',
    }),
    trackerDir: path({
      doc: 'The folder for what the source must remember; below `spoolDir` unless absolute.',
      default: '.flumespool',
    }),
    fileHeader: flag({ doc: 'Adds a header with the absolute path of the file.', default: false }),
    fileHeaderKey: text({ doc: 'Name of that header.', default: 'file' }),
    basenameHeader: flag({ doc: 'Adds a header with the name of the file.', default: false }),
    basenameHeaderKey: text({ doc: 'Name of that header.', default: 'basename' }),
    includePattern: regex({ doc: 'Files to read: whole names.', whole: true, default: /^.*$/u, defaultText: '`^.*$`' }),
    ignorePattern: regex({
      doc: 'Files and folders to leave alone: whole names. It wins over includePattern.',
      whole: true,
      default: /^$/u,
      defaultText: '`^$`',
    }),
    consumeOrder: oneOf(['oldest', 'youngest', 'random'], { doc: 'Which file comes first.', default: 'oldest' }),
    recursiveDirectorySearch: flag({ doc: 'Reads the folders below too, hidden ones excepted.', default: false }),
    pollDelay: milliseconds({ doc: 'Pause between two looks at the folder.', default: 500, min: 1 }),
    maxBackoff: milliseconds({ doc: 'Accepted; a full channel holds the source until there is room.', default: 4000 }),
    batchSize: integer({ doc: 'The most lines in one batch.', default: 100, min: 1 }),
    inputCharset: charset({ doc: 'Character set of the files.', default: 'UTF-8' }),
    decodeErrorPolicy: oneOf(['FAIL', 'REPLACE', 'IGNORE'], {
      doc: 'For lines that are not of the character set: set the file aside, replace by U+FFFD, or leave out. Unset, they pass unchanged.',
      defaultText: 'lines pass unchanged',
    }),
    deserializer: row<'LINE', RowOptions<'LINE'> & { readonly default: 'LINE' }>('LINE', deserializer, {
      doc: 'What an event is: a line.',
      default: 'LINE',
    }),
    'deserializer.maxLineLength': integer({
      doc: 'Longer lines (in Java’s characters) become several events.',
      default: 2048,
      min: 1,
      formerly: ['bufferMaxLineLength'],
    }),
    'deserializer.outputCharset': charset({ doc: 'Character set of the bodies.', default: 'UTF-8' }),
    bufferMaxLines: integer({ doc: 'Accepted, without effect, as in Flume.', default: 100 }),
    writePosInterval: milliseconds({
      doc: 'How often it is stored how far a file has settled.',
      default: 250,
      min: 1,
      ours: true,
    }),
    maxUnsettledBytes: bytes({
      doc: 'Reading waits while so many bytes are delivered and not yet stored behind the channel.',
      default: 64 * 1024 * 1024,
      min: 1,
      ours: true,
    }),
  },
  check(values): Finding[] {
    if (values.deletePolicy === 'never' || values.trackingPolicy === 'rename') return []
    return [
      {
        level: 'fault',
        setting: 'trackingPolicy',
        says: 'tracker_dir goes only with deletePolicy = never',
        hint: 'Leave one of the two away.',
      },
    ]
  },
  pathsOwned: ({ spoolDir, trackerDir }) => [
    { setting: isAbsolute(trackerDir) ? 'trackerDir' : 'spoolDir', path: resolve(spoolDir, trackerDir) },
  ],
  headersSet: (values) => [
    ...(values.fileHeader ? [values.fileHeaderKey] : []),
    ...(values.basenameHeader ? [values.basenameHeaderKey] : []),
  ],
  create(values, context) {
    const folder = resolve(values.spoolDir)
    return new SpoolSource(
      {
        folder,
        trackerFolder: resolve(folder, values.trackerDir),
        suffix: values.fileSuffix,
        retire:
          values.deletePolicy === 'immediate' ? 'delete' : values.trackingPolicy === 'tracker_dir' ? 'track' : 'rename',
        include: values.includePattern,
        ignore: values.ignorePattern,
        order: values.consumeOrder,
        recursive: values.recursiveDirectorySearch,
        pollMs: values.pollDelay,
        batchSize: values.batchSize,
        fileKey: values.fileHeader ? values.fileHeaderKey : undefined,
        basenameKey: values.basenameHeader ? values.basenameHeaderKey : undefined,
        maxLineLength: values['deserializer.maxLineLength'],
        recode: recodeOf(values.inputCharset, values['deserializer.outputCharset'], values.decodeErrorPolicy),
        writePosMs: values.writePosInterval,
        aheadBytesMax: values.maxUnsettledBytes,
      },
      context,
    )
  },
})
