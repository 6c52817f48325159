/** The rules of the portal's sources. What vue-tsc finds is not asked twice. */
import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import typescript from 'typescript-eslint'

import features from './lint/features.js'

export default typescript.config(
  { ignores: ['dist', 'src/api/schema.d.ts', 'src/components.d.ts', 'src/old-browsers.js'] },
  ...typescript.configs.recommended,
  ...vue.configs['flat/recommended'],
  ...accessibility.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue}'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // How lines are broken is a matter of taste, and of 150 characters.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
      'vue/no-unused-refs': 'error',
      'vue/no-unused-emit-declarations': 'error',
      'vue/no-unused-properties': ['error', { groups: ['props'] }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/max-lines-per-block': ['error', { script: 150, template: 150, skipBlankLines: true }],
      // Said again on purpose where a table is laid out as cards (kit/DataTable).
      'vuejs-accessibility/no-redundant-roles': ['error', { table: ['table'], thead: ['rowgroup'], tbody: ['rowgroup'], tr: ['row'], th: ['columnheader'], td: ['cell'] }],
      // A label stands above its control, or around it.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] }, controlComponents: ['ElInput', 'ElSwitch'] }],
      // Focus moves where WCAG wants it by kit/arriving and kit/focus; what the library draws, axe looks at in the browser.
      'vuejs-accessibility/no-static-element-interactions': 'error',
    },
  },
  { files: ['src/features/**/*.{ts,vue}'], plugins: { portal: features }, rules: features.rulesOn },
)
