/* Waits for requests that never come. */
process.parentPort.on('message', () => undefined);
