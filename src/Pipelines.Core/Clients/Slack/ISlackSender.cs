namespace Pipelines.Core.Clients.Slack;

/// <summary>One message in one place: sent the first time, changed from then on.</summary>
internal interface ISlackSender
{
    /// <summary>Whether a message can be changed after it was sent; otherwise it is to be sent once, at the end.</summary>
    bool CanUpdate { get; }

    /// <exception cref="SlackException">Slack did not take it.</exception>
    Task SendAsync(SlackContent content, CancellationToken cancellationToken);
}
