/**
 * A log as it is after a billion records of a hundred bytes: a hundred segments of one gigabyte, sparse files that hold one batch each and no index,
 * before the one that is written to. What stands in them is never read; where to write and read behind them has to be found all the same.
 */
import { closeSync, ftruncateSync, openSync, readdirSync, unlinkSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { batchHeaderBytes, entryOverheadBytes } from '../../../src/protocol/record-batch.ts'
import { freePort } from '../../support/port.ts'
import { Broker, cheapest, type Cost, consume, print, produce, tool } from './scale-broker.ts'

const segments = 100
const segmentBytes = 1_000_000_000
const segmentRecords = 10_000_000
const endOffset = segments * segmentRecords
const records = 2_000_000

const batchHeader = (baseOffset: number): Buffer => {
  const header = Buffer.alloc(batchHeaderBytes)
  header.writeBigInt64BE(BigInt(baseOffset), 0)
  header.writeInt32BE(segmentBytes - entryOverheadBytes, 8)
  header.writeInt8(2, 16)
  header.writeInt32BE(segmentRecords - 1, 23)
  header.writeBigInt64BE(BigInt(Date.now()), 27)
  header.writeBigInt64BE(BigInt(Date.now()), 35)
  header.fill(0xff, 43, 57)
  header.writeInt32BE(segmentRecords, 57)
  return header
}

const logName = (baseOffset: number): string => `${String(baseOffset).padStart(20, '0')}.log`

/** Puts the segments into the folder of a partition that nobody has open. */
const deepen = (folder: string): void => {
  for (const name of readdirSync(folder))
    if (/\.(log|index|timeindex|snapshot)$/.test(name)) unlinkSync(join(folder, name))
  for (let i = 0; i < segments; i++) {
    const fd = openSync(join(folder, logName(i * segmentRecords)), 'wx')
    writeSync(fd, batchHeader(i * segmentRecords))
    ftruncateSync(fd, segmentBytes)
    closeSync(fd)
  }
  writeFileSync(join(folder, logName(endOffset)), '')
}

const read = async (broker: Broker, topic: string, from: number): Promise<Cost> => {
  const reset = ['--group', 'reader', '--topic', topic, '--reset-offsets', '--to-offset', `${from}`, '--execute']
  await tool('kafka-consumer-groups', broker, reset)
  return consume(broker, records, topic, ['--group', 'reader'])
}

const beside = (empty: Cost, deep: Cost): string =>
  `${empty.cpu.toFixed(3)} → ${deep.cpu.toFixed(3)} (rate ${(deep.perSecond / empty.perSecond).toFixed(2)})`

/** Prints what it costs to write and to read on such a log, beside an empty one. */
export const deepLog = async (): Promise<void> => {
  await using broker = new Broker(await freePort())
  await broker.start()
  for (const topic of ['empty', 'deep'])
    await tool('kafka-topics', broker, ['--create', '--topic', topic, '--partitions', '1'])
  await broker.stop()
  deepen(join(broker.folder, 'logs', 'deep-0'))
  await broker.start()
  await produce(broker, 500_000, 'warm')
  const [toEmpty, toDeep] = [
    await cheapest(() => produce(broker, records, 'empty')),
    await cheapest(() => produce(broker, records, 'deep')),
  ]
  print('broker CPU s per million records written on a log of 100 GB', beside(toEmpty, toDeep), 'as on an empty one')
  const [ofEmpty, ofDeep] = [
    await cheapest(() => read(broker, 'empty', 0)),
    await cheapest(() => read(broker, 'deep', endOffset)),
  ]
  print('and read behind them', beside(ofEmpty, ofDeep), 'the same')
  const offsets = (await tool('kafka-get-offsets', broker, ['--topic', 'deep'])).trim()
  print('end of that log', offsets, `deep:0:${endOffset + 3 * records}`)
}
