/** Makes an hdfs sink of checked settings. Apart from the definition, so that only a flow that has one loads it. */
import { resolve } from 'node:path'
import { Fault } from '../../src/base/faults.ts'
import { serializerFactory, type SerializerFactory } from '../../src/flow/chosen-serializer.ts'
import type { Context } from '../../src/flow/context.ts'
import { type EscapeOptions, Template } from '../../src/formats/escapes.ts'
import { hostNames } from '../../src/formats/host-names.ts'
import { openElsewhere } from '../../src/io/open-elsewhere.ts'
import { serializers } from '../../src/serializers/index.ts'
import type { HdfsValues } from './check.ts'
import { type HdfsOptions, HdfsSink } from './hdfs-sink.ts'
import { placeOf } from './place.ts'
import { SequenceFile } from './sequence-file.ts'

const orNone = (limit: number): number => (limit > 0 ? limit : Infinity)

const localPath = (given: string): string => {
  const place = placeOf(given)
  if (place.kind !== 'local') throw new Fault('BAD_SETTING', { setting: 'hdfs.path', problem: place.problem })
  return resolve(place.path)
}

const template = async (values: HdfsValues): Promise<Template> => {
  const whole = `${localPath(values['hdfs.path'])}/${values['hdfs.filePrefix']}`
  const options: EscapeOptions = {
    timeZone: values['hdfs.timeZone'],
    round: values['hdfs.round'] ? { value: values['hdfs.roundValue'], unit: values['hdfs.roundUnit'] } : undefined,
    localTime: values['hdfs.useLocalTimeStamp'],
  }
  if (!whole.includes('%[')) return new Template(whole, options)
  const names = await hostNames()
  return new Template(whole, { ...options, host: () => names })
}

const fileFormat = (values: HdfsValues, context: Context): SerializerFactory => {
  if (values['hdfs.fileType'] === 'SequenceFile') {
    return () => new SequenceFile(values['hdfs.writeFormat'], context.random.bytes(16), () => context.clock.now())
  }
  const choice = { name: values.serializer, options: values['serializer.*'], setting: 'serializer' }
  return serializerFactory(serializers, choice, context)
}

const optionsOf = async (values: HdfsValues, context: Context): Promise<HdfsOptions> => {
  const whole = await template(values)
  const names = {
    inUsePrefix: values['hdfs.inUsePrefix'],
    inUseSuffix: values['hdfs.emptyInUseSuffix'] ? '' : values['hdfs.inUseSuffix'],
    suffix: values['hdfs.fileSuffix'],
  }
  const retryIntervalMs = values['hdfs.retryInterval'] * 1000
  return {
    batchSize: values['hdfs.batchSize'],
    paths: {
      template: whole,
      localTime: values['hdfs.useLocalTimeStamp'],
      checkTime: values['hdfs.fileType'] === 'SequenceFile',
    },
    bucket: {
      names,
      limits: { rollCount: orNone(values['hdfs.rollCount']), rollSize: orNone(values['hdfs.rollSize']) },
      serializer: fileFormat(values, context),
      durable: values['hdfs.sync'] !== 'never',
    },
    rollIntervalMs: orNone(values['hdfs.rollInterval'] * 1000),
    idleTimeoutMs: orNone(values['hdfs.idleTimeout'] * 1000),
    maxOpenFiles: values['hdfs.maxOpenFiles'],
    sync: values['hdfs.sync'],
    finisher: {
      tries: retryIntervalMs > 0 ? orNone(values['hdfs.closeTries'] ?? 0) : 1,
      retryIntervalMs,
      sync: values['hdfs.sync'] !== 'never',
    },
    leftovers: { template: whole, names, openElsewhere },
  }
}

/** Throws BAD_SETTING for a path of another file system, which the check refuses. */
export const createHdfsSink = async (values: HdfsValues, context: Context): Promise<HdfsSink> =>
  new HdfsSink(await optionsOf(values, context), context)
