/** The options of the console consumer: today's, and those of older Kafka that old notes still have. */
import { formatterNames } from './formatters.ts'
import type { JoptOption } from './jopt.ts'
import { bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'

const accepted = (option: string, value?: string): JoptOption => ({
  names: [option],
  ...(value === undefined ? {} : { value }),
  doc: 'Accepted; it has no effect here.',
})

export const consumerOptions: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['topic'], value: 'String: topic', doc: 'The topic to read.' },
  { names: ['include', 'whitelist'], value: 'String: Java regex', doc: 'The topics to read, as a regular expression.' },
  { names: ['blacklist'], value: 'String', doc: 'Of the old consumer: not there.' },
  { names: ['partition'], value: 'Integer: partition', doc: 'The one partition to read.' },
  {
    names: ['offset'],
    value: 'String: offset',
    doc: 'Where to begin in it: a number, earliest or latest. (default: latest)',
  },
  { names: ['from-beginning'], doc: 'Begin at the earliest record where the group has no committed offset.' },
  { names: ['group'], value: 'String: group id', doc: 'The group to read in; without one the reader is alone.' },
  {
    names: ['consumer-property', 'command-property'],
    value: 'String: consumer_prop',
    repeatable: true,
    doc: 'A setting of the consumer, as name=value.',
  },
  { names: ['consumer.config', 'command-config'], value: 'String: config file', doc: 'A file of such settings.' },
  {
    names: ['property', 'formatter-property'],
    value: 'String: prop',
    repeatable: true,
    doc:
      'How records are printed, as name=value: print.timestamp, print.partition, print.offset, print.headers, print.key, ' +
      'print.value, key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer.',
  },
  { names: ['formatter-config'], value: 'String: config file', doc: 'A file of such properties.' },
  {
    names: ['formatter'],
    value: 'String: class',
    doc: `The class that prints records, its package left away or as in any Kafka: ${formatterNames.join(', ')}.`,
  },
  { names: ['key-deserializer'], value: 'String: deserializer', doc: 'How keys are shown, by the Java class.' },
  { names: ['value-deserializer'], value: 'String: deserializer', doc: 'How values are shown, by the Java class.' },
  { names: ['max-messages'], value: 'Integer: num_messages', doc: 'Stop after so many.' },
  { names: ['timeout-ms'], value: 'Long: timeout_ms', doc: 'Stop when none comes for so long.' },
  {
    names: ['isolation-level'],
    value: 'String',
    doc: 'read_uncommitted or read_committed. (default: read_uncommitted)',
  },
  { names: ['skip-message-on-error'], doc: 'Leave out records that cannot be shown.' },
  accepted('new-consumer'),
  accepted('delete-consumer-offsets'),
  accepted('csv-reporter-enabled'),
  accepted('metrics-dir', 'String: metrics directory'),
  accepted('enable-systest-events'),
]
