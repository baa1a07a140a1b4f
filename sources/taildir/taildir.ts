/**
 * TAILDIR: follows all files whose names match, line by line, through rotation and restart. The channel is where a line goes next; the
 * position file says how far each file has been taken over for good.
 */
import { bytes, each, flag, integer, milliseconds, names, path, text } from '../../src/config/setting-kinds.ts'
import type { Finding } from '../../src/config/setting.ts'
import { defineSource } from '../../src/flow/component.ts'
import { groupPaths, type GroupPath } from './file-groups.ts'
import { absolute, groupsOf } from './settings.ts'
import { TaildirSource } from './taildir-source.ts'

const MB = 1024 * 1024

/** Groups that have a path and are not listed: their files are not read. */
const idleGroups = (listed: readonly string[], paths: ReadonlyMap<string, GroupPath>): Finding[] =>
  [...paths.keys()]
    .filter((name) => !listed.includes(name))
    .map((name): Finding => ({
      level: 'warning',
      setting: `filegroups.${name}`,
      says: `group ${name} has a path, but filegroups does not list it: its files are not read`,
      hint: `Add ${name} to filegroups, or remove filegroups.${name}.`,
    }))

export const taildir = defineSource({
  type: 'TAILDIR',
  aliases: ['org.apache.flume.source.taildir.TaildirSource'],
  summary: 'Follows the files whose names match, line by line, through rotation and restart.',
  batchSetting: 'batchSize',
  settings: {
    filegroups: names({ doc: 'Names of the file groups.', required: true }),
    'filegroups.*': groupPaths,
    positionFile: path({
      doc: 'Where the positions are kept, in Flume’s form; the prints of the files’ first bytes lie beside it.',
      default: '~/.flume/taildir_position.json',
    }),
    'headers.*': each(text({ doc: 'A header of all events of a group: `headers.GROUP.KEY = value`.' })),
    byteOffsetHeader: flag({
      doc: 'Adds the header `byteoffset`: where in its file the line begins.',
      default: false,
    }),
    fileHeader: flag({ doc: 'Adds a header with the absolute path of the file.', default: false }),
    fileHeaderKey: text({ doc: 'Name of that header.', default: 'file' }),
    skipToEnd: flag({
      doc: 'Files that are there at the start and have no stored position are followed from their end.',
      default: false,
    }),
    idleTimeout: milliseconds({
      doc: 'A file that has not changed for so long is closed, until it changes again.',
      default: 120_000,
      min: 0,
    }),
    writePosInterval: milliseconds({ doc: 'How often positions are stored while they change.', default: 250, min: 1 }),
    batchSize: integer({ doc: 'The most lines in one batch.', default: 100, min: 1 }),
    maxBatchCount: integer({
      doc: 'The most batches of one file before the next file has its turn; 0 or less is no limit of yours.',
      default: Number.MAX_SAFE_INTEGER,
      defaultText: 'no limit',
    }),
    cachePatternMatching: flag({
      doc: 'Lists a folder again only when its time of change says that names came or went.',
      default: true,
    }),
    backoffSleepIncrement: milliseconds({ doc: 'Accepted; files wake the source here.', default: 1000 }),
    maxBackoffSleep: milliseconds({ doc: 'Accepted; files wake the source here.', default: 5000 }),
    pollInterval: milliseconds({
      doc: 'How often the folders are looked at when nothing wakes the source.',
      default: 1000,
      min: 10,
      ours: true,
    }),
    lastLineTimeout: milliseconds({
      doc: 'What stands behind the last line end goes out when the file has not changed for so long; `idleTimeout` if that is less.',
      default: 5000,
      min: 1,
      ours: true,
    }),
    maxLineLength: bytes({ doc: 'Longer lines become several events.', default: 16 * MB, min: 1, ours: true }),
    maxUnsettledBytes: bytes({
      doc: 'Reading waits while so many bytes are delivered and not yet stored behind the channel.',
      default: 64 * MB,
      min: 1,
      ours: true,
    }),
    maxOpenFiles: integer({ doc: 'The most files that are open at once.', default: 512, min: 1, ours: true }),
  },
  check(values): Finding[] {
    const paths = values['filegroups.*']
    const without = values.filegroups.filter((name) => !paths.has(name))
    const level = without.length === values.filegroups.length ? 'fault' : 'warning'
    const pathless = without.map((name): Finding => ({
      level,
      setting: `filegroups.${name}`,
      says: `group ${name} has no path and is left out`,
      hint: `Set filegroups.${name} to a folder and a pattern for file names, or take ${name} from filegroups.`,
    }))
    return [...pathless, ...idleGroups(values.filegroups, paths)]
  },
  pathsOwned: ({ positionFile }) => [{ setting: 'positionFile', path: absolute(positionFile) }],
  headersSet: (values) => [
    ...groupsOf(values.filegroups, values['filegroups.*'], values['headers.*']).flatMap(({ headers }) =>
      Object.keys(headers),
    ),
    ...(values.byteOffsetHeader ? ['byteoffset'] : []),
    ...(values.fileHeader ? [values.fileHeaderKey] : []),
  ],
  create: (values, context) =>
    new TaildirSource(
      {
        groups: groupsOf(values.filegroups, values['filegroups.*'], values['headers.*']),
        positionFile: absolute(values.positionFile),
        writePosMs: values.writePosInterval,
        batchSize: values.batchSize,
        maxBatchCount: values.maxBatchCount > 0 ? values.maxBatchCount : Number.MAX_SAFE_INTEGER,
        skipToEnd: values.skipToEnd,
        cachePatternMatching: values.cachePatternMatching,
        byteOffsetHeader: values.byteOffsetHeader,
        fileHeaderKey: values.fileHeader ? values.fileHeaderKey : undefined,
        idleMs: values.idleTimeout,
        lastLineMs: values.lastLineTimeout,
        pollMs: values.pollInterval,
        maxLineBytes: values.maxLineLength,
        aheadBytesMax: values.maxUnsettledBytes,
        openFilesMax: values.maxOpenFiles,
      },
      context,
    ),
})
