const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'automatic' }, useDefineForClassFields: false },
    },
  },
];

const common = {
  transform: { '\\.(t|j)sx?$': swc },
  modulePathIgnorePatterns: [
    '<rootDir>/dist/',
    '<rootDir>/storage/',
    '<rootDir>/node_modules/nocobase-plugin-user-data-sync/',
  ],
  testPathIgnorePatterns: ['/node_modules/'],
};

/** @type {import('jest').Config} */
module.exports = {
  maxWorkers: 2,
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      // Pure stages, without an application.
      displayName: 'unit',
      testEnvironment: 'node',
      testMatch: ['<rootDir>/test/unit/**/*.test.ts'],
    },
    {
      ...common,
      displayName: 'server',
      runtime: '<rootDir>/test/support/one-host/runtime.cjs',
      testEnvironment: '<rootDir>/test/support/one-host/environment.cjs',
      globalSetup: '<rootDir>/test/support/staged-package.ts',
      testMatch: ['<rootDir>/test/server/**/*.test.ts'],
      setupFiles: ['<rootDir>/test/support/environment.ts'],
      moduleNameMapper: {
        '^nocobase-plugin-user-data-sync$': '<rootDir>/src/server/index.ts',
        '^nocobase-plugin-user-data-sync/testing$': '<rootDir>/src/testing/index.ts',
      },
    },
    {
      ...common,
      displayName: 'e2e',
      runner: '<rootDir>/test/support/e2e/serial-runner.cjs',
      testEnvironment: 'node',
      globalSetup: '<rootDir>/test/support/e2e/setup.ts',
      globalTeardown: '<rootDir>/test/support/e2e/teardown.ts',
      testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
    },
    {
      ...common,
      // Not a part of `npm test`: it takes minutes.
      displayName: 'processes',
      testEnvironment: '<rootDir>/test/support/processes/environment.cjs',
      globalSetup: '<rootDir>/test/support/processes/setup.ts',
      testMatch: ['<rootDir>/test/processes/**/*.test.ts'],
      setupFiles: ['<rootDir>/test/support/environment.ts'],
    },
    {
      ...common,
      displayName: 'client',
      testEnvironment: 'jsdom',
      testMatch: ['<rootDir>/test/client/**/*.test.{ts,tsx}'],
      setupFilesAfterEnv: ['<rootDir>/test/client/support/environment.ts'],
      moduleNameMapper: {
        '^@nocobase/client(-v2)?$': '<rootDir>/test/client/support/nocobase-client.ts',
        // Only the core of Formily can be installed by itself; what draws it is looked at in a browser.
        '^@formily/(antd-v5|react)$': '<rootDir>/test/client/support/nocobase-client.ts',
      },
    },
  ],
};
