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

/** A ticket that is shared over an agreement, as its ticket lists it. */
export type Link = Schema<"TicketPartner">;
export type LinkState = Link["state"];
/** A partner that a ticket can be shared with. */
export type Choice = Schema<"PartnerChoice">;
/** Exactly what a partner would get. */
export type Preview = Schema<"PartnerPreview">;
