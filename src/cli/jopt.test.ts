import { describe, expect, it } from 'vitest'
import { type JoptSpec, optionTable, parseJopt, UsageError } from './jopt.ts'

const spec: JoptSpec = {
  purpose: 'Tries options.',
  options: [
    { names: ['topic'], value: 'String: topic', doc: 'The topic.' },
    { names: ['partitions'], value: 'Integer: # of partitions', doc: 'How many.' },
    { names: ['replication-factor'], value: 'Integer: replication factor', doc: 'On how many brokers.' },
    { names: ['timeout-ms'], value: 'Long: ms', doc: 'How long.' },
    { names: ['config'], value: 'String: name=value', repeatable: true, doc: 'A setting.' },
    { names: ['property', 'reader-property'], value: 'String: prop', repeatable: true, doc: 'Another.' },
    { names: ['compression-codec'], value: 'String: codec', valueOptional: true, doc: 'The codec.' },
    { names: ['list'], doc: 'List them, with a text that is much too long to stand on one line of the table.' },
  ],
}

const parse = (...argv: string[]) => parseJopt(spec, argv)
const refusal = (work: () => unknown): UsageError => {
  try {
    work()
  } catch (thrown) {
    if (thrown instanceof UsageError) return thrown
    throw thrown
  }
  throw new Error('It was accepted')
}

describe('options as they are typed', () => {
  it.each([
    [['--partitions', '3', '--topic', 't']],
    [['--partitions=3', '--topic=t']],
    [['-partitions', '3', '-topic', 't']],
    [['-topic=t', '-partitions=3']],
    [['stray', '--topic', 't', 'words', '--partitions', '3', 'in between']],
  ])('takes %j', (argv) => {
    const values = parse(...argv)
    expect(values.integer('partitions')).toBe(3)
    expect(values.required('topic')).toBe('t')
  })

  it('keeps the equals signs of a value', () => {
    expect(parse('--config=a=b=c').all('config')).toEqual(['a=b=c'])
    expect(parse('--topic=').one('topic')).toBe('')
  })

  it('takes a value that looks like an option, as --time -1 has it', () => {
    expect(parse('--timeout-ms', '-1').long('timeout-ms')).toBe(-1)
    expect(parse('--topic', '--list').one('topic')).toBe('--list')
  })

  it('takes an option without its optional value, at the end or before another one', () => {
    expect(parse('--compression-codec').has('compression-codec')).toBe(true)
    expect(parse('--compression-codec').one('compression-codec')).toBeUndefined()
    expect(parse('--compression-codec', '--topic', 't').one('compression-codec')).toBeUndefined()
    expect(parse('--compression-codec', 'lz4').one('compression-codec')).toBe('lz4')
  })

  it('gives every value of a repeatable option, under any of its names', () => {
    const values = parse('--property', 'a=1', '--reader-property', 'b=x=y', '--property', 'c')
    expect(values.pairs('reader-property')).toEqual([
      ['a', '1'],
      ['b', 'x=y'],
      ['c', ''],
    ])
  })

  it('takes a dash that a web page made long for a stray word, as Kafka does', () => {
    expect(refusal(() => parse('—topic', 't').required('topic')).message).toBe('Missing required argument "[topic]"')
  })
})

describe('wrong usage', () => {
  it.each([
    [['--replication_factor', '2'], 'UnrecognizedOptionException: replication_factor is not a recognized option'],
    [['-replication_factor', '2'], 'UnrecognizedOptionException: r is not a recognized option'],
    [['--part', '3'], 'UnrecognizedOptionException: part is not a recognized option'],
    [['--partitions'], 'OptionMissingRequiredArgumentException: Option partitions requires an argument'],
  ])('%j is refused in the words of Kafka', (argv, words) => {
    const { message, withTable } = refusal(() => parse(...argv))
    expect(message).toContain(`Exception in thread "main" joptsimple.${words}`)
    expect(withTable).toBe(false)
  })

  it('names the option that was probably meant', () => {
    expect(refusal(() => parse('--replication_factor', '2')).message).toContain('did you mean --replication-factor?')
  })

  it.each(['x', '', '1.5', '1e3', '99999999999', ' 3'])('%j is no number of partitions', (text) => {
    expect(refusal(() => parse('--partitions', text).integer('partitions')).message).toBe(
      `Exception in thread "main" joptsimple.OptionArgumentConversionException: Cannot parse argument '${text}' of option partitions`,
    )
  })

  it('takes longer numbers where Java has a Long', () => {
    expect(parse('--timeout-ms', '99999999999').long('timeout-ms')).toBe(99_999_999_999)
  })

  it('a single value given twice is refused when it is asked for', () => {
    expect(refusal(() => parse('--topic', 'a', '--topic', 'b').one('topic')).message).toContain(
      'Found multiple arguments for option topic, but you asked for only one',
    )
  })

  it('what is missing is followed by the table', () => {
    expect(refusal(() => parse().required('topic'))).toMatchObject({
      message: 'Missing required argument "[topic]"',
      withTable: true,
    })
  })
})

describe('the option table', () => {
  const lines = optionTable(spec).split('\n')

  it('has the header that Kafka prints, underlined', () => {
    expect(lines[0]).toMatch(/^Option {34}Description$/)
    expect(lines[1]).toMatch(/^------ {34}-----------$/)
  })

  it('lists the options by name, with what Kafka has everywhere', () => {
    const names = lines.flatMap((line) => /^--([a-z][\w-]*)/.exec(line)?.[1] ?? [])
    expect(names).toEqual(names.toSorted())
    expect(names).toContain('help')
    expect(names).toContain('version')
    expect(names).toHaveLength(spec.options.length + 2)
  })

  it('stays within 80 columns', () => {
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })
})
