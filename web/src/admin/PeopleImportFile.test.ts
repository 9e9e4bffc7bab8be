import { expect, test } from "vitest";
import { decode, headersOf } from "./PeopleImportFile";

const bytes = (text: string) => new TextEncoder().encode(text);

test("the names of the columns are read whatever stands between them", () => {
  expect(headersOf("Name,E-Mail\nAda,ada@example.com\n")).toEqual(["Name", "E-Mail"]);
  expect(headersOf("Name;E-Mail;Firma\r\nAda;a@b.example;x,y\r\n")).toEqual(["Name", "E-Mail", "Firma"]);
  expect(headersOf("sep=;\nName;Mail, work\n")).toEqual(["Name", "Mail, work"]);
  expect(headersOf('"Name, full"\t"E ""mail"""')).toEqual(["Name, full", 'E "mail"']);
  expect(headersOf('"Two\nlines",Mail\nx')).toEqual(["Two\nlines", "Mail"]);
  expect(headersOf("")).toEqual([""]);
});

test("the character set is found out", () => {
  expect(decode(bytes("Straße"))).toBe("Straße");
  expect(decode(bytes("\u{feff}Straße"))).toBe("Straße");
  expect(decode(new Uint8Array([0x47, 0x72, 0xfc, 0x6e]))).toBe("Grün");
  expect(decode(new Uint8Array([0xff, 0xfe, 0x41, 0, 0xfc, 0]))).toBe("Aü");
  expect(decode(new Uint8Array([0, 0x41, 0, 0x42]))).toBe("AB");
  expect(decode(bytes("Grün").slice(0, 3))).toBe("Gr"); // cut within a letter
});
