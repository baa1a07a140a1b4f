/** DescribeLogDirs. 3+ has an error of its own, 4+ the size of the volume. */
import { array, bool, defineApi, i16, i32, i64, str, structs, when } from '../table.ts'

export const describeLogDirs = defineApi({
  key: 35,
  name: 'DescribeLogDirs',
  versions: [0, 4],
  flexibleFrom: 2,
  request: {
    // topics: null = all
    topics: structs(when({ nullable: true }), {
      topic: str(),
      partitions: array(i32()),
    }),
  },
  response: {
    throttleTimeMs: i32(),
    errorCode: i16({ since: 3 }),
    dirs: structs({
      errorCode: i16(),
      dir: str(),
      topics: structs({
        topic: str(),
        partitions: structs({
          partition: i32(),
          size: i64(),
          offsetLag: i64(), // max(0, HW - LEO), or LEO difference for future replicas
          isFuture: bool(),
        }),
      }),
      totalBytes: i64({ since: 4, default: -1 }),
      usableBytes: i64({ since: 4, default: -1 }),
    }),
  },
})
