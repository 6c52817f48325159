/*
 * What people see where the portal cannot run (AUTH-21): in IE and in kernels before Chrome 86, Firefox 78 and Safari 14, in the browsers
 * inside WeChat and QQ, and where a file of the portal did not come. Plain old script on purpose: it must run in all of them. It marks
 * the page, and main.ts then leaves it alone.
 */
(function () {
  var agent = navigator.userAgent;
  var inApp = /MicroMessenger|\bQQ\//.test(agent);
  var old = !('noModule' in document.createElement('script') && 'replaceChildren' in document.createElement('div'));
  var main = document.createElement('main');

  function line(tag, text) {
    var element = document.createElement(tag);
    element.appendChild(document.createTextNode(text));
    main.appendChild(element);
    return element;
  }

  function begin(heading) {
    document.body.appendChild(main);
    document.body.style.cssText = 'margin:0 auto;padding:24px;max-width:640px;font:16px/1.8 "Microsoft YaHei",sans-serif;color:#1f2933';
    line('h1', heading).style.fontSize = '22px';
  }

  function showOther() {
    begin('请换用其他浏览器打开');
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

  // By then every script has run; main.ts has left its mark, or never will.
  function showUnlessStarted() {
    if (document.documentElement.hasAttribute('data-started')) return;
    begin('页面没有完整打开');
    line('p', '本平台的程序文件没有全部下载成功，您填写过的内容不受影响。请检查网络后重新打开；如仍打不开，请换一个浏览器，或联系本单位网络管理人员。');
    var again = line('button', '重新打开');
    again.style.cssText = 'padding:10px 20px;font-size:16px';
    again.onclick = function () { location.reload(); };
    again.focus();
  }

  if (!inApp && !old) {
    window.addEventListener('load', showUnlessStarted);
    return;
  }
  document.documentElement.setAttribute('data-unsupported', '');
  if (document.body) showOther();
  else if (document.addEventListener) document.addEventListener('DOMContentLoaded', showOther);
  else window.attachEvent('onload', showOther);
})();
