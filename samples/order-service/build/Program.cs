using Pipelines.Templates;

return await new DeployPipeline(
    app: "order-service",
    ecrRepo: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/order-service",
    slackChannel: "#orders-team").RunAsync(args);
