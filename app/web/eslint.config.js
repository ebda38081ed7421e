import prettier from 'eslint-config-prettier';
import compat from 'eslint-plugin-compat';
import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

export default [
  { ignores: ['dist/**', 'node_modules/**', 'src/api/generated/**', 'e2e/shots/**'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['src/**/*.ts', 'src/**/*.vue'],
    plugins: { compat },
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    settings: { targets: ['chrome 85', 'edge 88'] },
    rules: {
      'compat/compat': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/no-v-html': 'error',
      'max-lines': ['error', { max: 500, skipBlankLines: false, skipComments: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      'no-console': 'error',
      // A module is entered by its index only, so that its inside can change without asking the others.
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['@/modules/*/*'], message: 'import another module through its index' }] },
      ],
    },
  },
  {
    files: ['**/*.test.ts'],
    rules: { 'compat/compat': 'off' },
  },
  {
    files: ['e2e/**/*.mjs', 'scripts/**/*.mjs'],
    rules: { '@typescript-eslint/no-unused-vars': 'error' },
  },
  prettier,
];
