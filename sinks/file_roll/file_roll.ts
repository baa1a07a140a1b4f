/** Files in one folder on this machine, each for an interval: the simplest way to see what came through. */
import { integer, oneOf, path, row, seconds, text, each } from '../../src/config/setting-kinds.ts'
import { serializerFactory, serializerFindings } from '../../src/flow/chosen-serializer.ts'
import { defineSink } from '../../src/flow/component.ts'
import { serializers } from '../../src/serializers/index.ts'
import { managers, type PathOptions, syncPolicies } from './options.ts'

type Manager = PathOptions['manager']

const managerOf = (given: string): Manager => {
  const name = given
    .replace(/^org\.apache\.flume\.formatter\.output\.(\w+)PathManager(?:\$Builder)?$/i, '$1')
    .toLowerCase()
  const found = managers.find((known) => known === name)
  if (found === undefined) throw new Error(`'${given}' is none of ${managers.join(', ')}`)
  return found
}

const settings = {
  'sink.directory': path({ doc: 'Folder of the files; it is made if it is missing.', required: true }),
  'sink.rollInterval': seconds({ doc: 'A file is closed so long after its first event; 0 for never.', default: 30 }),
  'sink.batchSize': integer({ doc: 'The most events written at once.', default: 100, min: 1 }),
  'sink.serializer': text({ doc: 'What a file holds: text, header_and_text, avro_event.', default: 'text' }),
  'sink.serializer.*': each(text({ doc: 'Options of the serializer.' })),
  'sink.pathManager': row<Manager, { doc: string; default: Manager }>('default, rolltime', managerOf, {
    doc: 'Names by the start of the sink and a number, or by the second of the opening and a number.',
    default: 'default',
  }),
  'sink.pathManager.prefix': text({ doc: 'Beginning of every file name.', default: '' }),
  'sink.pathManager.extension': text({ doc: 'Extension of every file name, without its dot.', default: '' }),
  'sink.sync': oneOf(syncPolicies, {
    doc: "When data is forced from the system's cache onto the disk: never, when a file is closed, or with every batch.",
    default: 'never',
    ours: true,
  }),
}

export const fileRoll = defineSink({
  type: 'file_roll',
  aliases: ['org.apache.flume.sink.RollingFileSink'],
  summary: 'Writes events to files of a local folder, a new one every interval.',
  settings,
  batchSetting: 'sink.batchSize',
  check: (values) =>
    serializerFindings(serializers, {
      name: values['sink.serializer'],
      options: values['sink.serializer.*'],
      setting: 'sink.serializer',
    }),
  create: async (values, context) => {
    const { FileRollSink } = await import('./file-roll-sink.ts')
    return new FileRollSink(
      {
        batchSize: values['sink.batchSize'],
        paths: {
          manager: values['sink.pathManager'],
          directory: values['sink.directory'],
          prefix: values['sink.pathManager.prefix'],
          extension: values['sink.pathManager.extension'],
        },
        rollIntervalMs: Math.max(0, values['sink.rollInterval']) * 1000,
        sync: values['sink.sync'],
        serializer: serializerFactory(
          serializers,
          { name: values['sink.serializer'], options: values['sink.serializer.*'], setting: 'sink.serializer' },
          context,
        ),
      },
      context,
    )
  },
})
