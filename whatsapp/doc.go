// Package whatsapp reads the webhook of the WhatsApp Cloud API. The body of "send message" is the
// business of package whatsapp/outbound, which imports this one, never the other way round.
//
// The decoder is tolerant: every field is optional, numbers may be strings and strings numbers, an
// unknown type is kept raw, and one broken message does not lose the others of its batch.
//
// The package does no I/O, reads no clock and imports nothing of this module. Start reading at
// [Decode] and [Message.Fate]; who a contact is stands in identity.go.
//
// # What becomes of messages and events
//
// [Message.Fate] and [Value.Fates] decide it, by this table:
//
//	what                                                            fate
//	text, image, audio, voice, video, document, sticker,
//	  location, contacts, button, order                             bot
//	interactive: button_reply, list_reply, nfm_reply, payments,
//	  call_permission_reply that the person gave                    bot
//	any of them without its payload, such as interactive
//	  without its object; a type that is not known here             unreadable: opens a conversation too
//	unsupported: poll, edit, pin, keep_in_chat, reaction            transcript
//	unsupported: any other kind, such as view_once or image         unreadable: opens a conversation too
//	unsupported without a kind, or unknown, with error 131060       unreadable: opens a conversation too
//	unsupported without a kind, or unknown, without it              transcript
//	reaction, also one that is taken back                           reaction: only a trigger that asks for it
//	edit, revoke, request_welcome, media_placeholder, no type       transcript
//	call_permission_reply that WhatsApp gave by itself              transcript
//	system: another phone number                                    new_number: opt-out and recent ids go along
//	system: another business-scoped user id; user_id_update         new_user_id: the contact is linked anew
//	system: another security code, and any other                    transcript
//	anything in a group                                             count
//	a message without any identity, or with none that can be one    count
//	messages under a field other than "messages"                    count
//	statuses of messages                                            status: the highest rank is kept
//	statuses of calls, or without an id                             count
//	errors of a value                                               error: logged by code
//	user_preferences: stop, resume, signup                          opt_out
//	user_preferences: any other                                     count
//	message_echoes: the business wrote from its own app             echo: mutes the bot of an open conversation
//	history, state_sync, groups                                     count
//	calls that the person made                                      window: free-form is allowed for 24 hours
//	calls that the business made                                    count
//	any other field                                                 count
package whatsapp
