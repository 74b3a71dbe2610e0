// What schema.json is made from; README.md says how. The left-hand names are those that checks.py asks for.
import type {
  BlockAction,
  BlockSuggestion,
  EnvelopedEvent,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewClosedAction,
  ViewSubmitAction,
} from "@slack/bolt";
import type {
  AgentSessionStoppedEvent,
  AppHomeOpenedEvent,
  AppMentionEvent,
  AppUninstalledEvent,
  AssistantThreadContextChangedEvent,
  AssistantThreadStartedEvent,
  GenericMessageEvent,
  HomeView,
  KnownBlock,
  MemberJoinedChannelEvent,
  MessageChangedEvent,
  MessageDeletedEvent,
  MessageMetadata,
  ModalView,
  TokensRevokedEvent,
} from "@slack/types";
import type { Manifest } from "@slack/web-api/dist/types/request/manifest";

// What an app sends to Slack.
export type block = KnownBlock;
export type modal = ModalView;
export type home = HomeView;
export type metadata = MessageMetadata;

// What a technician pastes at Slack.
export type app_manifest = Manifest;

// What Slack sends to an app.
export type event_callback = EnvelopedEvent;
export type slash_command = SlashCommand;
export type block_actions = BlockAction;
export type block_suggestion = BlockSuggestion;
export type view_submission = ViewSubmitAction;
export type view_closed = ViewClosedAction;
export type shortcut = GlobalShortcut;
export type message_action = MessageShortcut;
export type message = GenericMessageEvent;
export type message_changed = MessageChangedEvent;
export type message_deleted = MessageDeletedEvent;
export type app_mention = AppMentionEvent;
export type app_home_opened = AppHomeOpenedEvent;
export type app_uninstalled = AppUninstalledEvent;
export type tokens_revoked = TokensRevokedEvent;
export type member_joined_channel = MemberJoinedChannelEvent;
export type assistant_thread_started = AssistantThreadStartedEvent;
export type assistant_thread_context_changed = AssistantThreadContextChangedEvent;
export type agent_session_stopped = AgentSessionStoppedEvent;
