import { describe, expect, it } from 'vitest'
import { valuesOf } from '../../test/fakes/values.ts'
import { hdfs } from './hdfs.ts'

const found = (given: Record<string, string> = {}, env: Record<string, string> = {}) =>
  (hdfs.check?.(valuesOf(hdfs.settings, { 'hdfs.path': 'file:///x', ...given }), env) ?? []).map(
    ({ level, setting }) => `${level} ${setting}`,
  )

describe('hdfs settings', () => {
  it('are fine with a path alone', () => {
    expect(found()).toEqual([])
  })

  it.each([
    [{ 'hdfs.path': 'hdfs://nn:8020/x' }, 'fault hdfs.path'],
    [{ 'hdfs.path': 's3a://bucket/x' }, 'fault hdfs.path'],
    [{ 'hdfs.path': 'file://other/x' }, 'fault hdfs.path'],
    [{ 'hdfs.path': '/x' }, 'warning hdfs.path'],
    [{ 'hdfs.path': 'file:///x/%Q' }, 'warning hdfs.path'],
    [{ 'hdfs.filePrefix': '%[nobody]' }, 'fault hdfs.filePrefix'],
    [{ 'hdfs.fileType': 'CompressedStream' }, 'fault hdfs.fileType'],
    [{ 'hdfs.codeC': 'gzip' }, 'fault hdfs.codeC'],
    [{ 'hdfs.fileType': 'datastream', serializer: 'nothing' }, 'fault serializer'],
    [{ 'hdfs.fileType': 'DataStream', 'serializer.appendNewLine': 'x' }, 'warning serializer.appendNewLine'],
    [{ serializer: 'avro_event' }, 'warning serializer'],
    [{ 'hdfs.roundUnit': 'hour', 'hdfs.roundValue': '25' }, 'fault hdfs.roundValue'],
    [{ 'hdfs.kerberosPrincipal': 'flume/_HOST' }, 'fault hdfs.kerberosPrincipal'],
    [{ 'hdfs.inUseSuffix': '.x', 'hdfs.emptyInUseSuffix': 'true' }, 'warning hdfs.inUseSuffix'],
  ])('say what is wrong with %j', (given, finding) => {
    expect(found(given as Record<string, string>)).toEqual([finding])
  })

  it.each([
    [{ 'hdfs.path': 'file:/x' }],
    [{ 'hdfs.path': 'file://localhost/x' }],
    [{ 'hdfs.codeC': 'None' }],
    [{ 'hdfs.roundUnit': 'Minute', 'hdfs.roundValue': '60' }],
    [{ 'hdfs.timeZone': 'GMT+8' }],
  ])('take %j', (given) => {
    expect(found(given as Record<string, string>)).toEqual([])
  })

  it.each(['HADOOP_CONF_DIR', 'HADOOP_HOME'])('refuse a path without a scheme where %s is set', (name) => {
    const env = { [name]: '/opt/hadoop' }
    expect(found({ 'hdfs.path': '/x' }, env)).toEqual(['fault hdfs.path'])
    expect(found({}, env)).toEqual([])
  })

  it('refuse a time zone that nobody knows', () => {
    expect(() => hdfs.settings['hdfs.timeZone']?.parse('Moon/Base')).toThrow('no time zone')
  })
})
