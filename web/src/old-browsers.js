/*
 * What people see in browsers that cannot run the portal (AUTH-21): IE, others without modules, and the browsers inside WeChat and QQ.
 * Plain old script on purpose: it must run in all of them. It marks the page, and main.ts then leaves it alone.
 */
(function () {
  var agent = navigator.userAgent;
  var inApp = /MicroMessenger|\bQQ\//.test(agent);
  var old = !('noModule' in document.createElement('script'));
  if (!inApp && !old) return;
  document.documentElement.setAttribute('data-unsupported', '');

  var main = document.createElement('main');

  function line(tag, text) {
    var element = document.createElement(tag);
    element.appendChild(document.createTextNode(text));
    main.appendChild(element);
    return element;
  }

  function show() {
    document.body.appendChild(main);
    document.body.style.cssText = 'margin:0 auto;padding:24px;max-width:640px;font:16px/1.8 "Microsoft YaHei",sans-serif;color:#1f2933';
    line('h1', '请换用其他浏览器打开').style.fontSize = '22px';
    line('p', inApp
      ? '微信、QQ 内置的浏览器不能使用本平台。请复制下面的地址，在手机或电脑的浏览器中打开。'
      : '当前浏览器版本过低（不支持 IE）。请复制下面的地址，用 360 极速浏览器（极速模式）、Edge、Chrome 或 Firefox 打开。');
    var label = line('label', '本页地址（长按或 Ctrl+C 复制）');
    var box = document.createElement('input');
    box.readOnly = true;
    box.value = location.href;
    box.style.cssText = 'display:block;width:100%;box-sizing:border-box;padding:10px;font-size:16px;border:1px solid #5b6b7b;border-radius:4px';
    box.onfocus = function () { box.select(); };
    label.appendChild(box);
  }

  if (document.body) show();
  else if (document.addEventListener) document.addEventListener('DOMContentLoaded', show);
  else window.attachEvent('onload', show);
})();
