/** What is wrong with an hdfs sink's settings beyond the single values. */
import { reasonOf } from '../../src/base/faults.ts'
import { checks } from '../../src/config/checks.ts'
import type { Environment, Finding, Values } from '../../src/config/setting.ts'
import { serializerFindings } from '../../src/flow/chosen-serializer.ts'
import { Template, timestampHeader, unknownEscapes } from '../../src/formats/escapes.ts'
import { serializers } from '../../src/serializers/index.ts'
import { placeOf } from './place.ts'
import type { settings } from './settings.ts'

export type HdfsValues = Values<typeof settings>

const fault = (setting: string, says: string, hint?: string): Finding => ({
  level: 'fault',
  setting,
  says,
  ...(hint === undefined ? {} : { hint }),
})

const warning = (setting: string, says: string, hint?: string): Finding => ({
  ...fault(setting, says, hint),
  level: 'warning',
})

/** With a Hadoop installed, a path without a scheme means its file system, which is not there yet: writing elsewhere would surprise. */
const path = (values: HdfsValues, env: Environment = {}): Finding[] => {
  const place = placeOf(values['hdfs.path'])
  if (place.kind !== 'local') return [fault('hdfs.path', `hdfs.path: ${place.problem}`)]
  if (place.isExplicit) return []
  const whole = `file://${place.path.startsWith('/') ? '' : '/…/'}${place.path}`
  const hadoop = ['HADOOP_CONF_DIR', 'HADOOP_HOME'].find((name) => env[name] !== undefined)
  if (hadoop !== undefined) {
    const says = `hdfs.path has no scheme, and ${hadoop} is set: Flume would take it for a path of Hadoop's file system, which is not there yet`
    return [fault('hdfs.path', says, `write ${whole} for a path of this machine`)]
  }
  return [
    warning(
      'hdfs.path',
      `hdfs.path has no scheme: it is written to this machine's own disk`,
      `write ${whole} to say so`,
    ),
  ]
}

const escapes =
  (setting: 'hdfs.path' | 'hdfs.filePrefix') =>
  (values: HdfsValues): Finding[] => {
    const findings = unknownEscapes(values[setting]).map((unknown) =>
      warning(setting, `${setting}: ${unknown} stands for nothing`, 'it is left out of the path'),
    )
    try {
      new Template(values[setting]).render({}, 0)
    } catch (thrown) {
      findings.push(fault(setting, `${setting}: ${reasonOf(thrown)}`))
    }
    return findings
  }

const codec = ({ 'hdfs.codeC': codec }: HdfsValues): Finding[] =>
  codec === undefined || codec.toLowerCase() === 'none'
    ? []
    : [fault('hdfs.codeC', 'hdfs.codeC: compression is not there yet', 'take it out, or write None')]

const format = (values: HdfsValues): Finding[] => {
  const { 'hdfs.fileType': type } = values
  if (type === 'CompressedStream') {
    return [fault('hdfs.fileType', 'hdfs.fileType: CompressedStream is not there yet', 'use DataStream')]
  }
  if (type === 'DataStream') {
    return serializerFindings(serializers, {
      name: values.serializer,
      options: values['serializer.*'],
      setting: 'serializer',
    })
  }
  return values.serializer === 'text' && values['serializer.*'].size === 0
    ? []
    : [
        warning(
          'serializer',
          'serializer is not used with hdfs.fileType SequenceFile',
          'set hdfs.fileType = DataStream',
        ),
      ]
}

const rounding = (values: HdfsValues): Finding[] => {
  const most = values['hdfs.roundUnit'] === 'hour' ? 24 : 60
  return values['hdfs.roundValue'] <= most
    ? []
    : [fault('hdfs.roundValue', `hdfs.roundValue: the most for ${values['hdfs.roundUnit']} is ${most}`)]
}

const security = (values: HdfsValues): Finding[] =>
  (['hdfs.kerberosPrincipal', 'hdfs.kerberosKeytab', 'hdfs.proxyUser'] as const)
    .filter((setting) => values[setting] !== undefined)
    .map((setting) => fault(setting, `${setting}: Kerberos and proxy users are not there yet`, 'take it out'))

const inUse = (values: HdfsValues): Finding[] =>
  values['hdfs.emptyInUseSuffix'] && values['hdfs.inUseSuffix'] !== '.tmp'
    ? [warning('hdfs.inUseSuffix', 'hdfs.inUseSuffix is not used, because hdfs.emptyInUseSuffix is true')]
    : []

/** Dates come from the events, unless the machine's own clock is to give them. */
export const headerNeeded = (
  values: HdfsValues,
): { readonly setting: string; readonly header: string; readonly hint: string } | undefined => {
  if (values['hdfs.useLocalTimeStamp']) return undefined
  const setting = (['hdfs.path', 'hdfs.filePrefix'] as const).find((name) => new Template(values[name]).needsTime)
  const hint = 'put the interceptor timestamp on the source, or set hdfs.useLocalTimeStamp = true'
  return setting && { setting, header: timestampHeader, hint }
}

export const check = checks<[HdfsValues, Environment?], Finding>(
  path,
  escapes('hdfs.path'),
  escapes('hdfs.filePrefix'),
  codec,
  format,
  rounding,
  security,
  inUse,
)
