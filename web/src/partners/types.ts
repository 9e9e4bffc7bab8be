import type { Schema } from "@/api/client";

// What the API says of partners.

/** One agreement with another desk, of one direction. */
export type Partner = Schema<"Partner">;
export type Direction = Partner["direction"];
export type Status = Partner["status"];
/** What of a shared ticket crosses; the same both ways. "*" among the fields is every one that both desks have. */
export type Terms = Schema<"PartnerTerms">;
/** An address that one desk can use once to invite us. */
export type Invitation = Schema<"PartnerInvitation">;
/** One message to a partner, and what became of it. */
export type Delivery = Schema<"PartnerDelivery">;
export type DeliveryState = Delivery["state"];
/** Somebody on the other desk. */
export type ForeignPerson = Schema<"PartnerPerson">;
/** A field that a partner has sent. */
export type SeenField = Schema<"PartnerField">;

// Of tickets: written by hand until its routes are in the description.

export type LinkState = "sending" | "synced" | "delayed" | "declined" | "closed" | "ended" | "orphaned" | "detached" | "frozen";

/** A ticket that is shared over an agreement, as its ticket lists it. */
export type Link = {
  id: number;
  partner: { id: number; name: string; host: string };
  direction: "sent" | "received";
  state: LinkState;
  reason: string;
  /** The status went to and fro too often, and does not cross until somebody resumes it. */
  status_frozen: boolean;
  remote_number: string;
  next_try_at: string | null;
  synced_at: string | null;
  shared_by: { id: number; name: string } | null;
  shared_at: string;
  terms: Terms;
};

/** A partner that a ticket can be shared with. */
export type Choice = { id: number; name: string; host: string; terms: Terms };

/** Exactly what a partner would get. */
export type Preview = {
  partner: { id: number; name: string; host: string };
  subject: string;
  status: string;
  requester: string;
  tags: string[];
  fields: { title: string; value: string }[];
  messages: { author: string; public: boolean; text: string; files: string[] }[];
  left_out: { what: string; why: string; count: number }[];
};
