import type { components } from './generated/schema';

// The wire types by the names the pages use. Times are UTC milliseconds, ids are exact integers.
type S = components['schemas'];

export type PersonRef = S['OrgPersonRef'];
export type Person = S['OrgPerson'];
export type Me = S['OrgMe'];
/** The server keeps whatever tag a client names; these two have words. */
export type Language = 'zh-CN' | 'en';
export type Theme = Me['theme'];
export type Setup = S['OrgSetupState'];
export type SetupResult = S['OrgSetupResult'];
export type Session = S['OrgSession'];
export type Department = S['OrgDepartment'];
export type Role = S['AccessRoleView'];
export type Project = S['Project'];
export type Visibility = Project['visibility'];
export type Member = S['ProjectMember'];
export type ProjectRole = Member['role'];
export type State = S['BoardState'];
export type Category = State['category'];
export type Board = S['TaskBoard'];
export type Card = S['TaskCard'];
export type Task = S['Task'];
export type Priority = Task['priority'];
export type ChecklistItem = S['ChecklistItem'];
export type ChecklistChange = S['ChecklistUpdateRequest'];
export type Summary = S['CommentSummary'];
export type ReactionName = S['CommentReaction']['name'];
export type Label = S['Label'];
export type LabelRef = S['LabelRef'];
export type Attachment = S['File'];
export type Upload = S['FileUpload'];
export type QuickLine = S['QuickaddLine'];
export type QuickChip = S['QuickaddChip'];
export type QuickPicked = S['QuickaddPicked'];
export type Tree = S['TaskTree'];
export type Trashed = S['TaskTrashed'];
export type Followers = S['TaskFollowerList'];
export type Comment = S['Comment'];
export type Change = S['JournalChange'];
export type HistoryItem = S['TaskHistoryEntry'];
export type Ref = S['Ref'];
export type Field = S['Field'];
export type FieldDraft = S['FieldCreateRequest'];
export type FieldValue = S['FieldValue'];
export type Reminder = S['Reminder'];
export type Notice = S['NotifyNotice'];
export type NoticePage = S['NotifyList'];
export type NotifyPreferences = S['NotifyPreferencesView'];
export type MailSettings = S['NotifyMailSettings'];
export type MailTested = S['NotifyTested'];
export type MailFailure = S['NotifyFailure'];
export type MailFailurePage = S['NotifyFailureList'];
export type SearchHit = S['SearchHit'];
export type AuditEntry = S['AuditEntry'];
export type AuditObject = S['AuditObject'];
export type AuditReport = S['AuditVerification'];
export type AuditReader = S['AuditReader'];
export type AuditCheckpoint = S['AuditCheckpoint'];
export type Recurrence = S['RecurrenceView'];
export type RepeatRule = S['RecurrenceRule'];
export type RepeatPreview = S['RecurrencePreview'];
export type WorkYear = S['WorkdayYear'];
export type WorkTable = S['WorkdayPutYearRequest'];
export type WorkRules = S['WorkdayRules'];
export type WorkSpecial = S['WorkdaySpecial'];
export type WorkDay = S['WorkdayDay'];
export type CalendarFeed = S['ExchangeFeed'];
export type NewFeed = S['ExchangeNewFeed'];
export type ImportSource = S['ExchangeSource'];
export type ImportPlan = S['ExchangePlanRequest'];
export type ImportPreview = S['ExchangePreview'];
export type ImportProgress = S['ExchangeProgress'];
export type ImportTrouble = S['ExchangeTrouble'];
export type Filter = S['QueryFilter'];
export type Sort = S['QuerySort'];
export type FoundTask = S['ViewFound'];
export type SavedView = S['View'];
export type Definition = S['ViewDefinition'];
export type Problem = S['Problem'];

// The bodies of requests.
export type PersonInput = S['OrgCreatePersonRequest'];
export type PersonChange = S['OrgUpdatePersonRequest'];
export type SetupInput = S['OrgSetupRequest'];
export type ProjectInput = S['ProjectCreateRequest'];
export type ProjectChange = S['ProjectUpdateRequest'];
export type StateInput = S['BoardCreateRequest'];
export type StateChange = S['BoardUpdateRequest'];
export type TaskChange = S['TaskUpdateRequest'];
export type ViewInput = S['ViewCreateRequest'];
export type ViewChange = S['ViewUpdateRequest'];
export type NotifyPreferencesInput = S['NotifyPreferencesRequest'];
export type MailInput = S['NotifyMailRequest'];
export type ReminderInput = S['ReminderCreateRequest'];

export interface Items<T> {
  items: T[];
}
export interface Page<T> extends Items<T> {
  next?: string;
}

/** What the live socket says, which no document describes: something happened, never what it contains. */
export interface LiveMessage {
  seq: number;
  module: string;
  verb: string;
  ref: Ref;
  projectId?: number;
  actorId?: number;
}
