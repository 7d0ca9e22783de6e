import tests from './playwright.config.ts';

/** `npm run screenshots`: makes pictures with the means of the tests. */
export default { ...tests, testMatch: 'e2e/screenshots*.ts' };
