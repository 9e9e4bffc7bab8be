import { Extension } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { CodeBlock } from "@tiptap/extension-code-block";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Italic } from "@tiptap/extension-italic";
import { BulletList } from "@tiptap/extension-list/bullet-list";
import { ListItem } from "@tiptap/extension-list/item";
import { ListKeymap } from "@tiptap/extension-list/keymap";
import { OrderedList } from "@tiptap/extension-list/ordered-list";
import { Mention } from "@tiptap/extension-mention";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Strike } from "@tiptap/extension-strike";
import { Text } from "@tiptap/extension-text";
import { Underline } from "@tiptap/extension-underline";
import { Placeholder } from "@tiptap/extensions/placeholder";
import { UndoRedo } from "@tiptap/extensions/undo-redo";
import { PluginKey } from "@tiptap/pm/state";
import { type Editor as Tip, EditorContent, useEditor } from "@tiptap/react";
import { Suggestion } from "@tiptap/suggestion";
import { AtSign, Bold as BoldIcon, Italic as ItalicIcon, List, ListOrdered, TextQuote, Zap } from "lucide-react";
import { type Ref, useEffect, useImperativeHandle, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { t } from "@/app/i18n";
import { IconButton } from "@/ui/Button";
import { toast } from "@/ui/toast";
import { explain } from "@/ui/states";
import { SuggestList } from "./SuggestList";
import { type Snippet, type Target, findMentionable, findSnippets, renderSnippet } from "./api";
import { Link } from "./link";
import { cleanPaste } from "./paste";
import { type Suggesting, suggesting } from "./suggest";

export type Written = { html: string; text: string; mentions: { id: number; name: string }[] };
export type EditorHandle = { focus: () => void; clear: () => void };

type Props = {
  ref: Ref<EditorHandle>;
  /** The ticket that snippets are filled in from and mentions looked up for; 0 for one not filed yet. */
  number: number;
  start: string;
  label: string;
  placeholder: string;
  autoFocus: boolean;
  mayMention: boolean;
  onChange: (written: Written) => void;
  onSend: (next: boolean) => void;
  onFiles: (files: File[]) => void;
  onMention?: (target: Target) => void;
  /** Where the buttons stand: the composer's bar. */
  tools: HTMLElement | null;
};

const nothing: Written = { html: "", text: "", mentions: [] };

function written(editor: Tip): Written {
  if (editor.isEmpty) return nothing;
  const mentions = new Map<number, string>();
  editor.state.doc.descendants((node) => {
    if (node.type.name === "mention") mentions.set(Number(node.attrs["id"]), String(node.attrs["label"]));
  });
  return { html: editor.getHTML(), text: editor.getText({ blockSeparator: "\n\n" }), mentions: Array.from(mentions, ([id, name]) => ({ id, name })) };
}

/** The field in which a message is written. It is loaded when somebody is about to write. */
export function Editor(props: Props) {
  const now = useRef(props);
  now.current = props;
  const [pop, setPop] = useState<Suggesting<Target | Snippet>>();
  const popped = useRef(pop);
  popped.current = pop;

  const extensions = useMemo(() => extensionsFor(now, setPop, popped), []);
  const editor = useEditor({
    extensions,
    content: props.start,
    injectCSS: false,
    editorProps: {
      attributes: { class: "composer-edit prose", role: "textbox", "aria-multiline": "true", "aria-label": props.label },
      transformPastedHTML: cleanPaste,
      handlePaste: (_, e) => take(e.clipboardData?.files, e.clipboardData?.types.includes("text/html") ?? false),
      handleDrop: (_, e) => take(e.dataTransfer?.files, false),
      handleKeyDown: (_, e) => {
        if (e.key !== "Enter" || !(e.ctrlKey || e.metaKey)) return false;
        now.current.onSend(e.shiftKey);
        return true;
      },
    },
    onUpdate: ({ editor: e }) => now.current.onChange(written(e)),
  });

  /** Files on the clipboard are attached; a text that comes with a picture of itself, as from Word, stays a text. */
  function take(files: FileList | undefined, hasText: boolean): boolean {
    if (!files?.length || hasText) return false;
    now.current.onFiles(Array.from(files));
    return true;
  }

  // A key may have asked for the field before it was there. It can take the focus once it stands on the page, which on a slow
  // machine is later than the moment at which the editor itself would ask for it. An editor that was taken down meanwhile has no
  // commands any more; the one in its place asks again.
  useEffect(() => {
    if (props.autoFocus && !editor.isDestroyed) editor.commands.focus("end");
  }, [editor, props.autoFocus]);
  useImperativeHandle(
    props.ref,
    () => ({ focus: () => void (editor.isDestroyed || editor.commands.focus("end")), clear: () => void (editor.isDestroyed || editor.commands.clearContent(true)) }),
    [editor],
  );
  return (
    <>
      <EditorContent editor={editor} />
      {pop && <SuggestList {...pop} />}
      {props.tools && createPortal(<Tools editor={editor} mayMention={props.mayMention} />, props.tools)}
    </>
  );
}

type Now = { current: Props };

function extensionsFor(now: Now, setPop: (s: Suggesting<Target | Snippet> | undefined) => void, popped: { current: Suggesting<Target | Snippet> | undefined }) {
  return [
    Document, Paragraph, Text, Bold, Italic, Underline, Strike, Code, CodeBlock, Blockquote, BulletList, OrderedList, ListItem, ListKeymap, HardBreak, UndoRedo,
    Link,
    Placeholder.configure({ placeholder: () => now.current.placeholder }),
    Mention.extend({
      renderHTML({ node }) {
        return ["span", { class: "mention", "data-type": "mention", "data-id": String(node.attrs["id"]), "data-label": String(node.attrs["label"]) }, `@${String(node.attrs["label"])}`];
      },
      renderText({ node }) {
        return `@${String(node.attrs["label"])}`;
      },
    }).configure({
      suggestion: {
        char: "@",
        pluginKey: new PluginKey("mention"),
        allow: () => now.current.mayMention,
        items: ({ query }: { query: string }) => (query ? findMentionable(query, now.current.number).catch(() => []) : []),
        command: ({ editor, range, props: target }: { editor: Tip; range: { from: number; to: number }; props: unknown }) => {
          const chosen = target as Target;
          editor.chain().focus().insertContentAt(range, [{ type: "mention", attrs: { id: String(chosen.id), label: chosen.name } }, { type: "text", text: " " }]).run();
          now.current.onMention?.(chosen);
        },
        render: suggesting("mention", setPop, popped),
      },
    }),
    Extension.create({
      name: "snippets",
      addProseMirrorPlugins() {
        return [
          Suggestion<Snippet>({
            editor: this.editor,
            char: "/",
            pluginKey: new PluginKey("snippets"),
            allowedPrefixes: [" "],
            items: ({ query }) => findSnippets(query).catch(() => []),
            command: ({ editor, range, props: snippet }) => void insertSnippet(editor, range, snippet, now.current.number),
            render: suggesting("snippet", setPop, popped),
          }),
        ];
      },
    }),
  ];
}

async function insertSnippet(editor: Tip, range: { from: number; to: number }, snippet: Snippet, number: number) {
  editor.chain().focus().deleteRange(range).run();
  try {
    const html = number ? (await renderSnippet(snippet.id, number)).html : snippet.html;
    editor.chain().focus().insertContent(html).run();
  } catch (error) {
    toast({ text: explain(error), error: true });
  }
}

function Tools({ editor, mayMention }: { editor: Tip; mayMention: boolean }) {
  const begin = (sign: string) => {
    const before = editor.state.selection.$from.nodeBefore?.textContent ?? "";
    editor.chain().focus().insertContent(before && !/\s$/.test(before) ? ` ${sign}` : sign).run();
  };
  const [, redraw] = useState(0);
  useEffect(() => {
    const again = () => redraw((n) => n + 1);
    editor.on("transaction", again);
    return () => void editor.off("transaction", again);
  }, [editor]);
  const on = (name: string) => editor.isActive(name);
  return (
    <>
      <IconButton icon={BoldIcon} label={t("ticket.tool.bold")} keys="mod+b" aria-pressed={on("bold")} onClick={() => editor.chain().focus().toggleBold().run()} />
      <IconButton icon={ItalicIcon} label={t("ticket.tool.italic")} keys="mod+i" className="not-phone" aria-pressed={on("italic")} onClick={() => editor.chain().focus().toggleItalic().run()} />
      <IconButton icon={List} label={t("ticket.tool.list")} aria-pressed={on("bulletList")} onClick={() => editor.chain().focus().toggleBulletList().run()} />
      <IconButton icon={ListOrdered} label={t("ticket.tool.numbers")} className="wide" aria-pressed={on("orderedList")} onClick={() => editor.chain().focus().toggleOrderedList().run()} />
      <IconButton icon={TextQuote} label={t("ticket.tool.quote")} className="wide" aria-pressed={on("blockquote")} onClick={() => editor.chain().focus().toggleBlockquote().run()} />
      {mayMention && <IconButton icon={AtSign} label={t("ticket.tool.mention")} onClick={() => begin("@")} />}
      <IconButton icon={Zap} label={t("ticket.tool.snippet")} keys="/" onClick={() => begin("/")} />
    </>
  );
}
