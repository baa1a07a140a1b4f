/**
 * TAILDIR: follows all files whose names match, line by line, through rotation and restart. The channel is where a line goes next; the
 * position file says how far each file has been taken over for good.
 */
import { bytes, each, flag, integer, milliseconds, names, path, text } from '../../src/config/setting-kinds.ts'
import { defineSource } from '../../src/flow/component.ts'
import { groupPaths } from './file-groups.ts'
import { atHome, groupsOf } from './settings.ts'
import { TaildirSource } from './taildir-source.ts'

export const taildir = defineSource({
  type: 'TAILDIR',
  aliases: ['org.apache.flume.source.taildir.TaildirSource'],
  summary: 'Follows the files whose names match, through rotation and restart.',
  batchSetting: 'batchSize',
  settings: {
    filegroups: names({ doc: 'Names of the file groups.', required: true }),
    'filegroups.*': groupPaths,
    positionFile: path({
      doc: 'Where the positions are kept.',
      default: '~/.flume/taildir_position.json',
    }),
    'headers.*': each(text({ doc: 'Headers of a group’s events, as headers.GROUP.KEY.' })),
    byteOffsetHeader: flag({ doc: 'Whether events carry the header byteoffset.', default: false }),
    fileHeader: flag({ doc: 'Whether events carry their file’s absolute path.', default: false }),
    fileHeaderKey: text({ doc: 'Header for the path.', default: 'file' }),
    skipToEnd: flag({ doc: 'Begin at the end of files without a stored position.', default: false }),
    idleTimeout: milliseconds({ doc: 'Close files after so long without a change.', default: 120_000 }),
    writePosInterval: milliseconds({ doc: 'How often positions are stored.', default: 250 }),
    batchSize: integer({ doc: 'Most events in a batch.', default: 100, min: 1 }),
    maxBatchCount: integer({
      doc: 'Most batches of a file before the next file’s turn.',
      default: Number.MAX_SAFE_INTEGER,
    }),
    cachePatternMatching: flag({ doc: 'List a folder again only when its time has changed.', default: true }),
    maxLineLength: bytes({ doc: 'Longer lines become several events.', default: 16 * 1024 * 1024, min: 1, ours: true }),
  },
  create(values, context) {
    const fileKey = values.fileHeader ? values.fileHeaderKey : undefined
    return new TaildirSource(
      {
        groups: groupsOf(values.filegroups, values['filegroups.*'], values['headers.*']),
        positionFile: atHome(values.positionFile),
        batchSize: values.batchSize,
        skipToEnd: values.skipToEnd,
        cachePatternMatching: values.cachePatternMatching,
        tailing: ({ disk, log }) => ({
          disk,
          reading: {
            chunkBytes: 128 * 1024,
            maxLineBytes: values.maxLineLength,
            maxBatchBytes: 4 * 1024 * 1024,
            dropReturn: true,
            ...(values.byteOffsetHeader
              ? { headersAt: (at, headers) => Object.freeze({ ...headers, byteoffset: String(at) }) }
              : {}),
          },
          headersOf: ({ headers }, path) =>
            fileKey === undefined ? headers : Object.freeze({ ...headers, [fileKey]: path }),
          onLongLine: (path, position) =>
            log.warn(
              `A line of ${path} at byte ${position} is longer than ${values.maxLineLength} bytes; it becomes several events.`,
            ),
        }),
      },
      context,
    )
  },
})
