/** SaslHandshake. After 0 the tokens go as bare frames, after 1 inside SaslAuthenticate. */
import { array, defineApi, i16, str } from '../table.ts'

export const saslHandshake = defineApi({
  key: 17,
  name: 'SaslHandshake',
  versions: [0, 1],
  flexibleFrom: Infinity,
  request: {
    mechanism: str(),
  },
  response: {
    errorCode: i16(),
    supportedMechanisms: array(str()), // always filled
  },
})
