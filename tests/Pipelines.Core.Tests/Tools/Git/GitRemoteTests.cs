using System.Text;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Tests.Tools.Git;

public class GitRemoteTests
{
    [Fact]
    public void Command_WithToken_KeepsItOutOfTheArguments()
    {
        GitRemote remote = new("https://git.example.com:8443/team/manifests.git", "main") { Token = Secret.Of("s3cr3t-token", "env://T"), TokenUser = "bot" };
        Command command = remote.Command("fetch", "origin");
        string header = Convert.ToBase64String(Encoding.UTF8.GetBytes("bot:s3cr3t-token"));
        Assert.DoesNotContain("s3cr3t", command.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(header, command.ToString(), StringComparison.Ordinal);
        Assert.Equal("http.https://git.example.com:8443/.extraHeader", command.Environment["GIT_CONFIG_KEY_0"]);
        Assert.Equal("Authorization: Basic " + header, Assert.IsType<Secret>(command.Environment["GIT_CONFIG_VALUE_0"]).Reveal());
        Assert.Equal("0", command.Environment["GIT_TERMINAL_PROMPT"]);
        Assert.Contains("credential.helper=", command.Arguments);
    }

    [Fact]
    public void Command_SshWithToken_SendsNone() =>
        Assert.DoesNotContain("GIT_CONFIG_VALUE_0", new GitRemote("git@git.example.com:team/m.git", "main") { Token = Secret.Of("x", "env://T") }.Command("fetch").Environment.Keys);

    [Fact]
    public void Command_Sandbox_SeesNoConfigurationOfTheMachine()
    {
        Command command = new GitRemote("/srv/manifests.git", "main") { IsSandbox = true }.Command("fetch");
        Assert.Equal(GitCommand.NullDevice, command.Environment["GIT_CONFIG_GLOBAL"]);
        Assert.Equal("1", command.Environment["GIT_CONFIG_NOSYSTEM"]);
        Assert.Equal("file:http", command.Environment["GIT_ALLOW_PROTOCOL"]);
    }

    [Theory]
    [InlineData("! refs/x:refs/heads/main\t[rejected] (fetch first)", GitFailure.Rejected)]
    [InlineData("! refs/x:refs/heads/main\t[rejected] (non-fast-forward)", GitFailure.Rejected)]
    [InlineData("! [remote rejected] main -> main (incorrect old value provided)", GitFailure.Rejected)]
    [InlineData("! [rejected] main -> main (stale info)", GitFailure.Rejected)]
    [InlineData("! [remote rejected] main -> main (cannot lock ref 'refs/heads/main': is at 1 but expected 2)", GitFailure.Rejected)]
    [InlineData("! [remote rejected] main -> main (failed to update ref)", GitFailure.Rejected)]
    [InlineData("! [remote rejected] main -> main (pre-receive hook declined)", GitFailure.Declined)]
    [InlineData("remote: error: GH006: Protected branch update failed for refs/heads/main.", GitFailure.Declined)]
    [InlineData("remote: GitLab: You are not allowed to push code to protected branches on this project.", GitFailure.Declined)]
    [InlineData("fatal: Authentication failed for 'https://git.example.com/x/'", GitFailure.Authentication)]
    [InlineData("fatal: could not read Username for 'https://git.example.com': terminal prompts disabled", GitFailure.Authentication)]
    [InlineData("git@git.example.com: Permission denied (publickey).\nfatal: Could not read from remote repository.", GitFailure.Authentication)]
    [InlineData("fatal: unable to access 'https://x/': The requested URL returned error: 403", GitFailure.Authentication)]
    [InlineData("fatal: unable to access 'https://x/': The requested URL returned error: 503", GitFailure.Unreachable)]
    [InlineData("fatal: unable to access 'https://x/': Could not resolve host: x", GitFailure.Unreachable)]
    [InlineData("ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.", GitFailure.Unreachable)]
    [InlineData("fatal: unable to access 'https://x/': SSL certificate problem: unable to get local issuer certificate", GitFailure.Untrusted)]
    [InlineData("remote: Repository not found.\nfatal: repository 'https://x/' not found", GitFailure.RepositoryNotFound)]
    [InlineData("fatal: '/srv/x' does not appear to be a git repository", GitFailure.RepositoryNotFound)]
    [InlineData("fatal: Remote branch staging not found in upstream origin", GitFailure.BranchNotFound)]
    [InlineData("fatal: couldn't find remote ref refs/heads/x", GitFailure.BranchNotFound)]
    [InlineData("fatal: No space left on device", GitFailure.Other)]
    public void Classify_WhatServersSay_FindsTheReason(string output, GitFailure expected) => Assert.Equal(expected, GitErrors.Classify(output));

    [Fact]
    public void Evidence_UrlWithCredentials_LosesThem() =>
        Assert.Equal("  fatal: unable to access 'https://git.example.com/x/': no", GitErrors.Evidence("fatal: unable to access 'https://bot:hunter2@git.example.com/x/': no\nhint: try\n"));

    [Theory]
    [InlineData("/srv/x", true)]
    [InlineData("../x", true)]
    [InlineData("git@host:x", false)]
    [InlineData("https://host/x", false)]
    [InlineData("./a:b", true)]
    public void IsPath_Forms_AreTold(string url, bool expected) => Assert.Equal(expected, GitUrl.IsPath(url));
}
