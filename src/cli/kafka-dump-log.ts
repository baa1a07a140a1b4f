/** kafka-dump-log.sh, which is DumpLogSegments: prints what stands in the files of a log, read only. Its lines are those of Kafka 4. */
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { reasonOf, systemCode } from '../base/faults.ts'
import { realClock } from '../io/clock.ts'
import { KafkaFault } from '../protocol/error-codes.ts'
import { exitCodes } from './command.ts'
import { asText, offsetsDecoder, transactionDecoder, type Decoder } from './dump/decoders.ts'
import { Findings } from './dump/findings.ts'
import { dumpLog } from './dump/log-file.ts'
import { dumpOffsetIndex, dumpSnapshot, dumpTimeIndex, dumpTransactionIndex, type SideDump } from './dump/side-files.ts'
import { UsageError, type JoptOption, type JoptValues } from './jopt.ts'
import { ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'
import { Progress } from './progress.ts'
import { StandardOutput } from './standard-output.ts'

const intMax = 2_147_483_647
/** Lines gather to so many bytes before they are written. */
const pieceBytes = 65_536

const options: readonly JoptOption[] = [
  {
    names: ['files'],
    value: 'String: file1, file2, ...',
    doc: 'REQUIRED: The comma separated list of data and index log files to be dumped.',
  },
  { names: ['print-data-log'], doc: 'Print keys and values of records, too. Automatic with a decoder.' },
  { names: ['deep-iteration'], doc: 'Print a line for each record. Automatic with --print-data-log.' },
  { names: ['verify-index-only'], doc: 'Compare indexes with the log without printing them.' },
  { names: ['index-sanity-check'], doc: 'Only check what a starting broker checks of an index.' },
  { names: ['max-message-size'], value: 'Integer: size', doc: 'Of older Kafka; accepted: there is no limit.' },
  { names: ['max-bytes'], value: 'Integer: size', doc: 'Read only so much of each .log file.' },
  { names: ['offsets-decoder'], doc: 'The file is of __consumer_offsets.' },
  { names: ['transaction-log-decoder'], doc: 'The file is of __transaction_state.' },
  { names: ['cluster-metadata-decoder'], doc: 'Refused: records of KRaft are not understood here.' },
  { names: ['remote-log-metadata-decoder'], doc: 'Refused: there is no tiered storage.' },
  { names: ['share-group-state-decoder'], doc: 'Refused: there are no share groups.' },
  { names: ['skip-record-metadata'], doc: 'Print only keys and values of records, and no control records.' },
  {
    names: ['key-decoder-class'],
    value: 'String',
    valueOptional: true,
    doc: 'Keys are shown as text; others are refused.',
  },
  { names: ['value-decoder-class'], value: 'String', valueOptional: true, doc: 'As for keys.' },
]

/** Kafka's own, of any release. */
const textDecoder = /(?:^|\.)(?:String|Default)Decoder$/

const decoderOf = (values: JoptValues): Decoder | undefined => {
  for (const name of ['key-decoder-class', 'value-decoder-class'])
    if (values.one(name) !== undefined && !textDecoder.test(values.one(name) ?? ''))
      throw new ToolFailure(
        `${values.one(name)} is a Java class, which cannot run here; keys and values are shown as text.`,
      )
  const refused = ['cluster-metadata', 'remote-log-metadata', 'share-group-state'].find((what) =>
    values.has(`${what}-decoder`),
  )
  if (refused !== undefined)
    throw new ToolFailure(`--${refused}-decoder is not there; --print-data-log prints keys and values as text.`)
  if (values.has('offsets-decoder')) return offsetsDecoder
  if (values.has('transaction-log-decoder')) return transactionDecoder
  const isAsked = ['print-data-log', 'key-decoder-class', 'value-decoder-class'].some((name) => values.has(name))
  return isAsked ? asText : undefined
}

/** Lines for standard output, in pieces. A reader who goes away ends the dump. */
class Lines {
  readonly out = new StandardOutput()
  #lines: string[] = []
  #bytes = 0

  readonly print = (line: string): void => {
    if (this.out.gone.aborted) throw new ReaderGone()
    this.#lines.push(line, '\n')
    this.#bytes += line.length
    if (this.#bytes > pieceBytes) this.flush()
  }

  flush(): void {
    this.out.write(Buffer.from(this.#lines.join('')))
    this.#lines = []
    this.#bytes = 0
  }
}

class ReaderGone extends Error {
  override readonly name = 'ReaderGone'
}

/** On a terminal the lines of the dump are what there is to see. */
const progressOf = (): Progress => new Progress(realClock, process.stdout.isTTY ? () => {} : undefined)

/** What is the same for every file of a dump. */
interface Dumping {
  readonly values: JoptValues
  readonly lines: Lines
  readonly findings: Findings
  readonly progress: Progress
}

const dumpFile = (path: string, dumping: Dumping): void => {
  const { values, lines, findings, progress } = dumping
  const { print } = lines
  const side: SideDump = {
    print,
    complain: (line) => void process.stderr.write(`${line}\n`),
    findings,
    sanityOnly: values.has('index-sanity-check'),
    verifyOnly: values.has('verify-index-only'),
    progress,
  }
  const ending = path.slice(path.lastIndexOf('.'))
  const dumps: Readonly<Record<string, () => void>> = {
    '.log': () => dumpLogFile(path, dumping),
    '.index': () => dumpOffsetIndex(path, side),
    '.timeindex': () => dumpTimeIndex(path, side),
    '.txnindex': () => dumpTransactionIndex(path, side),
    '.snapshot': () => dumpSnapshot(path, side),
  }
  print(`Dumping ${path}`)
  const dump = dumps[ending]
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory() === true)
    return side.complain(`${path} is a folder: name the files in it, separated by commas`)
  if (dump === undefined)
    return side.complain(`Ignoring unknown file ${path}${found === undefined ? ', which does not exist' : ''}`)
  if (found === undefined) throw new ToolFailure(`${path} does not exist`)
  if (!/^\d{20}\./.test(basename(path)))
    throw new ToolFailure(
      `${path} is not named after an offset, as the files of a log are (00000000000000000042${ending})`,
    )
  dump()
}

const dumpLogFile = (path: string, { values, lines, findings, progress }: Dumping): void => {
  const decoder = decoderOf(values)
  dumpLog(path, {
    print: lines.print,
    findings,
    progress,
    decoder,
    isDeep: decoder !== undefined || values.has('deep-iteration'),
    skipsMetadata: values.has('skip-record-metadata'),
    bytesMax: values.integer('max-bytes') ?? intMax,
  })
}

/** Why a file could not be dumped, in a sentence. */
const problemOf = (thrown: unknown): string => {
  const path = (thrown as { readonly path?: string }).path ?? 'The file'
  const says: Readonly<Record<string, string>> = {
    ENOENT: `${path} does not exist`,
    EACCES: `${path} may not be read by this user`,
    EISDIR: `${path} is a folder: name the files in it`,
  }
  return says[systemCode(thrown) ?? ''] ?? reasonOf(thrown)
}

const work = async (values: JoptValues): Promise<number> => {
  const files = values.one('files')
  if (files === undefined) throw new UsageError('Missing required argument "[files]"')
  const [lines, findings] = [new Lines(), new Findings()]
  const dumping: Dumping = { values, lines, findings, progress: progressOf() }
  using out = lines.out
  const signal = new AbortController().signal
  try {
    for (const path of files.split(',')) {
      dumpFile(path, dumping)
      lines.flush()
      await out.room(signal)
    }
    await out.left(signal)
    for (const line of findings.lines) process.stderr.write(`${line}\n`)
    return out.problem === undefined ? exitCodes.done : exitCodes.failed
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return exitCodes.done
    if (!(thrown instanceof ToolFailure || thrown instanceof KafkaFault || systemCode(thrown) !== undefined))
      throw thrown
    lines.flush()
    await out.left(signal)
    process.stderr.write(`Error: ${problemOf(thrown)}\n`)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name: 'kafka-dump-log',
  summary: 'print what stands in the files of a log',
  purpose:
    'This tool helps to parse a log file and dump its contents to the console, useful for debugging a seemingly corrupt log segment.',
  options,
  work,
})
