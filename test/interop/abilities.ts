/** What client programs try, in the words that they print and that stand in docs/compatibility.md. */
const compressed = (...codecs: readonly string[]): string[] =>
  codecs.map((codec) => `produces and consumes with ${codec}`)

/** Every client can do that. */
export const basics: readonly string[] = [
  ...compressed('none', 'gzip', 'snappy', 'lz4'),
  'a group goes on where it committed',
]
export const zstd = compressed('zstd')
export const topics = ['creates, grows and deletes topics']
export const headers = ['sends headers and gets them back']
export const idempotence = ['produces idempotently']
export const times = ['finds offsets by time']
export const sharing = ['two members share a topic']
/** By KIP-848. */
export const consumerProtocol = ['two members share a topic by the consumer protocol']
export const transactions = ['reads committed transactions only', 'consumes and produces in one transaction']
/** Of clients of the formats before 0.11. */
export const oldReaders = ['reads what new producers wrote']
/** Of the clients of 0.8. */
export const first = [
  'the new producer of 0.8.2 produces',
  'produces without being answered',
  'finds the ends of the log',
]

/** What a client of today can do. */
export const modern: readonly string[] = [
  ...basics,
  ...zstd,
  ...topics,
  ...headers,
  ...idempotence,
  ...sharing,
  ...times,
  ...transactions,
]
