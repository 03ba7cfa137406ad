package main

// commands is the command line; each command's struct holds its flags.
type commands struct {
	All    allCommand    `cmd:"" help:"Run the API and the workers in one process."`
	API    apiCommand    `cmd:"" name:"api" help:"Run only the API. Any number may run."`
	Worker workerCommand `cmd:"" help:"Run only the workers. Any number may run."`

	Migrate migrateCommand `cmd:"" help:"Bring the database up to date."`
	Account struct {
		Add     accountAdd     `cmd:"" help:"Add an account: one login, one tenant."`
		Passwd  accountPasswd  `cmd:"" help:"Change an account's password; its tokens end."`
		Set     accountSet     `cmd:"" help:"Make an account an operator, or a tenant."`
		Disable accountDisable `cmd:"" help:"Shut an account out; its tokens end."`
		Enable  accountEnable  `cmd:"" help:"Let a disabled account in again."`
		List    accountList    `cmd:"" help:"List all accounts."`
	} `cmd:"" help:"Accounts of vendors and operators."`
	Channel struct {
		Add    channelAdd    `cmd:"" help:"Give an account a WhatsApp number."`
		Set    channelSet    `cmd:"" help:"Change settings of a channel."`
		Remove channelRemove `cmd:"" help:"Forget a channel that was added by mistake."`
		List   channelList   `cmd:"" help:"List channels."`
		Secret struct {
			Set    secretSet    `cmd:"" help:"Set a secret, from the standard input."`
			List   secretList   `cmd:"" help:"List a channel's secrets: names and dates."`
			Remove secretRemove `cmd:"" help:"Forget a secret."`
			Reseal secretReseal `cmd:"" help:"Seal all secrets with the current key, after it has changed."`
		} `cmd:"" help:"What a channel's bots say to APIs to be let in."`
	} `cmd:"" help:"WhatsApp numbers."`

	Bot    botCommands   `cmd:"" help:"Write, check and test bots, which needs files only; publish them on a server."`
	Login  loginCommand  `cmd:"" help:"Log in at a server, to publish bots there."`
	Logout logoutCommand `cmd:"" help:"Forget the login."`
	Listen listenCommand `cmd:"" help:"Bring a channel's messages to this machine, behind a firewall or on a laptop."`

	Replay   replayCommand `cmd:"" help:"Check that today's code still follows recorded conversations."`
	Temporal struct {
		Setup temporalSetup `cmd:"" help:"Give the namespace the search attributes and the retention that it needs."`
	} `cmd:"" help:"The Temporal namespace of the conversations."`

	Health healthCommand `cmd:"" help:"Ask the process that runs with the same settings whether it is ready."`
	Config struct {
		Show  configShow  `cmd:"" default:"1" help:"Show every setting: its value, its default, what it is for."`
		Check configCheck `cmd:"" help:"Say what is not safe about the settings of a production."`
	} `cmd:"" help:"The settings, which come from the environment."`
	Version versionCommand `cmd:"" help:"Show the version."`
}
