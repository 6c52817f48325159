/**
 * What a page does not say itself, because the API says it: addresses of the API in words (the typed client knows them, and an action has its
 * `href`), colours (tokens.css, and `colour` beside every label), required stars (a form's definition, or FormField's `required`).
 */
const PATH = /^\/api\//
const COLOUR = /(#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|^(green|amber|red|black)$)/i
const STAR = /^\s*[*＊]\s*$/
/** The client's own calls, and `addressOf` for links to files: both are typed by the document, so that an address that is none does not compile. */
const CLIENT = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
const FILES = 'addressOf'

function isClientCall(node) {
  const call = node.parent
  return call?.type === 'CallExpression' && call.arguments[0] === node && (CLIENT.has(call.callee.property?.name) || call.callee.name === FILES)
}

function texts(check) {
  return {
    Literal: (node) => typeof node.value === 'string' && check(node, node.value),
    TemplateElement: (node) => check(node, node.value.cooked ?? ''),
  }
}

/** In scripts, and in the expressions of templates. */
function everywhere(context, visitor, inTemplate = {}) {
  const services = context.sourceCode.parserServices
  return services.defineTemplateBodyVisitor ? services.defineTemplateBodyVisitor({ ...visitor, ...inTemplate }, visitor) : visitor
}

const rules = {
  'no-api-path': {
    meta: { type: 'problem', messages: { path: 'An address of the API: ask by the typed client (api.GET), link by addressOf, or go where the action’s href leads.' } },
    create: (context) => everywhere(context, texts((node, text) => PATH.test(text) && !isClientCall(node) && context.report({ node, messageId: 'path' }))),
  },
  'no-colour': {
    meta: { type: 'problem', messages: { colour: 'A colour: it has a name in styles/tokens.css, or comes from the API.' } },
    create: (context) => {
      const look = (node, text) => COLOUR.test(text) && context.report({ node, messageId: 'colour' })
      const styles = (program) => {
        const fragment = context.sourceCode.parserServices.getDocumentFragment?.()
        for (const block of fragment?.children ?? []) {
          if (block.type !== 'VElement' || block.name !== 'style') continue
          for (const part of block.children) if (part.type === 'VText') look({ loc: part.loc, type: program.type }, part.value)
        }
      }
      return { Program: styles, ...everywhere(context, texts(look)) }
    },
  },
  'no-star': {
    meta: { type: 'problem', messages: { star: 'A star: FormField draws it where the API asks for the field (PLAT-13).' } },
    create: (context) => everywhere(context, {}, { VText: (node) => STAR.test(node.value) && context.report({ node, messageId: 'star' }) }),
  },
}

export default { rules, rulesOn: Object.fromEntries(Object.keys(rules).map((name) => [`portal/${name}`, 'error'])) }
