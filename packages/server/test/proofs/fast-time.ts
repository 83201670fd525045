/**
 * Preloaded into a process of the program (`node --import`): its time then runs so many times as fast, from an instant
 * that all processes of a test share. Nothing but the machine's clock is changed, so leases and waits are as they are.
 */
const origin = Number(process.env['FAST_TIME_ORIGIN'])
const speed = Number(process.env['FAST_TIME_SPEED'])
const real = Date.now.bind(Date)
if (!(origin > 0 && speed >= 1)) throw new Error('FAST_TIME_ORIGIN and FAST_TIME_SPEED are needed')

Date.now = () => Math.floor(origin + (real() - origin) * speed)
