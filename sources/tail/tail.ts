/**
 * tail: follows one file, as people do with `exec` and `tail -F`, without a child process. For many files, and where no line may be missed through
 * a rotation while the agent is down or held back, there is TAILDIR.
 */
import { resolve } from 'node:path'
import { bytes, integer, milliseconds, oneOf, path } from '../../src/config/setting-kinds.ts'
import { defineSource } from '../../src/flow/component.ts'
import { TailSource } from './tail-source.ts'

const MB = 1024 * 1024

export const tail = defineSource({
  type: 'tail',
  aliases: [],
  summary: 'Follows one file, as `tail -F` does, without a child process.',
  batchSetting: 'batchSize',
  settings: {
    file: path({ doc: 'The file to follow.', required: true, ours: true }),
    startAt: oneOf(['end', 'beginning'], {
      doc: 'Where to begin in a file without a stored position; one that appears later is read from its beginning.',
      default: 'end',
      ours: true,
    }),
    positionFile: path({
      doc: 'Where to remember how far the file has been taken over; without it every start begins at startAt.',
      defaultText: 'none',
      ours: true,
    }),
    writePosInterval: milliseconds({
      doc: 'How often the position is stored while it changes.',
      default: 250,
      min: 1,
      ours: true,
    }),
    pollInterval: milliseconds({ doc: 'How often the file is looked at.', default: 250, min: 10, ours: true }),
    batchSize: integer({ doc: 'The most lines in one batch.', default: 100, min: 1, ours: true }),
    batchTimeout: milliseconds({
      doc: 'The longest a line waits for its batch to fill; 0 sends lines as they are read.',
      default: 0,
      min: 0,
      ours: true,
    }),
    lastLineTimeout: milliseconds({
      doc: 'What stands behind the last line end goes out when nothing has come for so long.',
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
  },
  pathsOwned: ({ positionFile }) =>
    positionFile === undefined ? [] : [{ setting: 'positionFile', path: positionFile }],
  headersSet: () => [],
  create: (values, context) =>
    new TailSource(
      {
        file: resolve(values.file),
        startAt: values.startAt,
        positionFile: values.positionFile === undefined ? undefined : resolve(values.positionFile),
        writePosMs: values.writePosInterval,
        pollMs: values.pollInterval,
        batchSize: values.batchSize,
        batchTimeoutMs: values.batchTimeout,
        lastLineMs: values.lastLineTimeout,
        maxLineBytes: values.maxLineLength,
        aheadBytesMax: values.maxUnsettledBytes,
      },
      context,
    ),
})
