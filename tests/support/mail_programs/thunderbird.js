// What somebody does in Thunderbird's windows; run by tests/support/mail_programs/thunderbird.py through Marionette.
"use strict";
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const main = Services.wm.getMostRecentWindow("mail:3pane");
const account = MailServices.accounts.accounts.find(one => one.incomingServer.type == "imap");
const server = account.incomingServer;

async function until(what, says, seconds = 30) {
  for (let tries = 0; tries < seconds * 40; tries++) {
    const found = what();
    if (found) {
      return found;
    }
    await new Promise(resolve => main.setTimeout(resolve, 25));
  }
  throw new Error(`not within ${seconds} s: ${says}`);
}

function headerIn(view, messageId) {
  for (let row = 0; row < (view?.rowCount ?? 0); row++) {
    if (view.getMsgHdrAt(row).messageId == messageId) {
      return view.getMsgHdrAt(row);
    }
  }
  return null;
}

// Give a command once its button can be pressed.
async function press(window_, command) {
  const can = () => window_.top.document.commandDispatcher.getControllerForCommand(command)?.isCommandEnabled(command);
  await until(can, `${command} can be given`);
  window_.goDoCommand(command);
}

const compose = () => Services.wm.getMostRecentWindow("msgcompose");

const acts = {
  // Log in, so that no window asks for a password, and open the inbox.
  async login(password) {
    server.password = password;
    MailServices.outgoingServer.servers[0].password = password;
    server.performExpand(main.msgWindow);
    const inbox = await until(() => server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox), "an inbox");
    main.gTabmail.currentAbout3Pane.displayFolder(inbox.URI);
  },

  // Fetch new mail and open the letter in the message pane.
  async read(messageId) {
    const pane = main.gTabmail.currentAbout3Pane;
    const folder = pane.gFolder;
    folder.getNewMessages(main.msgWindow, null);
    const header = await until(() => headerIn(pane.gDBView, messageId), `${messageId} in the list`);
    const shown = () => {
      const message = pane.messageBrowser?.contentWindow;
      return message?.gMessage?.messageId == messageId && message.msgLoaded;
    };
    pane.selectMessage(header);
    await until(shown, `${messageId} on the screen`, 5).catch(() => {
      // It happens that a pane stays half empty; whoever sees that looks at another letter and comes back.
      pane.threadTree.selectedIndex = -1;
      pane.selectMessage(header);
      return until(shown, `${messageId} on the screen`);
    });
  },

  // Press "Reply"; the caret is where Thunderbird puts it.
  async reply(html, below, signature) {
    const identity = account.defaultIdentity;
    identity.composeHtml = html;
    identity.replyOnTop = below ? 0 : 1;
    identity.htmlSigText = signature;
    await press(main, "cmd_reply");
    await until(() => compose()?.gMsgCompose?.editor && compose().gWindowLocked === false, "a window to write in");
    await until(() => compose().GetCurrentEditor().document.querySelector("blockquote, [_moz_quote], .moz-cite-prefix"), "the quoted letter");
    compose().GetCurrentEditorElement().focus();
  },

  // Press "Send" and wait until it is sent.
  async send() {
    await press(compose(), "cmd_sendNow");
    await until(() => !compose(), "the window to close after sending");
  },

  // Show pages and messages as on a dark or a light desktop.
  async theme(dark) {
    Services.prefs.setIntPref("ui.systemUsesDarkTheme", dark ? 1 : 0);
    Services.prefs.setIntPref("layout.css.prefers-color-scheme.content-override", dark ? 0 : 1);
  },

  // What the message pane says: its words, and how high the letter is.
  async shown() {
    const document_ = main.gTabmail.currentAbout3Pane.messageBrowser.contentWindow.getMessagePaneBrowser().contentDocument;
    return { text: document_.body.innerText, height: document_.documentElement.scrollHeight };
  },
};
